//! Notices: the events that a run reports to its user besides the result, as data.

use std::time::Duration;

/// One event. Its sentence is its `Display`, in `notice_text`.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// One HTTP exchange ended. Shown with `--verbose` only.
    Exchange {
        /// Method and address, without the query.
        request: String,
        /// Status, or the problem.
        outcome: String,
        /// Time from request to answer.
        took: Duration,
    },
    /// A call failed and will be tried again.
    Retry {
        /// Name of the call.
        call: &'static str,
        /// Cause of the failure.
        problem: String,
        /// Time until the next try.
        wait: Duration,
        /// Number of the next retry, from 1.
        retry: u32,
        /// Highest number of retries.
        retries: u32,
    },
    /// An earlier answer asked for a pause; this run waits until it ends.
    QuietPeriod {
        /// Time until the pause ends.
        wait: Duration,
    },
    /// The platform refused the token; a new one is requested.
    TokenRenewed,
    /// The token cache could not be read or written.
    TokenCache {
        /// Cause of the failure, with the path of the cache.
        problem: String,
    },
    /// The state file was damaged and was moved.
    StateSetAside {
        /// The state file.
        path: String,
        /// The file that holds its content now.
        aside: String,
        /// The damage.
        problem: String,
    },
    /// The state file is damaged; a dry run does not move it.
    StateDamaged {
        /// The state file.
        path: String,
        /// The damage.
        problem: String,
    },
    /// The platform has the setpoint that an earlier run sent without getting an answer.
    IntentApplied {
        /// The setpoint, with its unit.
        setpoint: String,
    },
    /// The platform does not have the setpoint that an earlier run was about to send.
    IntentNotApplied {
        /// The setpoint that was to be sent.
        intended: String,
        /// The setpoint that the platform has.
        actual: String,
    },
    /// The platform has another setpoint than dialpace last applied.
    RateChangedElsewhere {
        /// The setpoint that dialpace last applied.
        expected: String,
        /// The setpoint that the platform has.
        actual: String,
    },
    /// Somebody set the lever lower than dialpace last applied.
    LoweredElsewhere {
        /// The setpoint that dialpace last applied.
        expected: String,
        /// The setpoint that the platform has.
        actual: String,
    },
    /// A burst of an earlier cycle may still be in force, so the lever is lowered first.
    BurstInForce {
        /// Its rate, with its unit.
        rate: String,
    },
    /// Bursts were asked for of a command that acts once.
    FrontLoadNeedsWatch,
    /// The platform applied a change long after it was sent without an answer.
    AppliedLate {
        /// The setpoint, with its unit.
        setpoint: String,
    },
    /// It will never be known whether a change without an answer was applied.
    OutcomeUnknown {
        /// The setpoint, with its unit.
        setpoint: String,
    },
    /// The campaign could not be looked at in passing.
    NotLookedAt {
        /// Cause of the failure.
        problem: String,
    },
    /// The campaign was changed between the read and the write of one cycle.
    Conflict {
        /// The setpoint that was not applied.
        setpoint: String,
    },
    /// An unknown name in the environment or in `.env` that resembles a setting.
    UnknownSetting {
        /// The name.
        name: String,
        /// The setting that it resembles.
        nearest: &'static str,
    },
    /// A `.env` that cannot hold settings: a folder, a pipe or the like.
    NoFileOfSettings {
        /// Its path.
        path: String,
    },
    /// A file that was asked for beside the results is complete.
    Written {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: String,
    },
    /// A file for several campaigns is used where nothing is paced.
    DefaultsAlone,
    /// The environment names one campaign, and the file has several.
    IdPassedOver {
        /// The setting, with its source.
        name: String,
    },
    /// The sandbox's campaign was begun anew, because its past would take too long to simulate.
    SandboxBegunAnew,
    /// The metrics file could not be written; the cycle itself is done.
    MetricsNotWritten {
        /// The file.
        path: String,
        /// Cause of the failure.
        problem: String,
    },
    /// The summary of a run whose standard output is JSON.
    Closing {
        /// The summary.
        text: String,
    },
    /// Cycles were missed, because one took longer than the interval or the machine was suspended.
    CyclesMissed {
        /// Number of missed cycles.
        count: u64,
    },
    /// What was found in a file of history and could have been otherwise.
    HistoryRead {
        /// The file.
        source: String,
        /// What was found, each in a clause.
        told: Vec<String>,
    },
    /// What may be a mistake in a file of history.
    HistoryDoubt {
        /// The file.
        source: String,
        /// The doubt, and what decides it.
        doubt: String,
    },
    /// Rows of history are so far apart that samples are dropped before the window is full.
    SparseHistory {
        /// Mean time between two rows, s.
        gap_secs: u64,
        /// Samples in a full window.
        window: usize,
        /// Age at which a sample is dropped.
        age_max: Duration,
    },
    /// The calling hours in a simulation.
    HoursCovered {
        /// Hours in which people may be called.
        open_hours: f64,
        /// All hours of it.
        hours: f64,
    },
    /// Figures of the same simulated days under policies that the user did not name.
    OtherPolicies(String),
    /// A progressive dialer reaches a higher occupancy than a rate set at each interval.
    ProgressiveIsBetter {
        /// Time between two rates, s.
        interval_secs: f64,
        /// Occupancy of a progressive dialer, per cent.
        progressive: f64,
        /// Occupancy under `predictive`, per cent.
        predictive: f64,
    },
    /// No warehouse is set.
    NothingExported,
    /// No warehouse is set, but records of earlier runs wait for one.
    RecordsWithoutWarehouse {
        /// Number of records in the outbox.
        pending: usize,
    },
    /// The warehouse did not accept the records.
    ExportFailed {
        /// Cause of the failure.
        problem: String,
        /// Number of records in the outbox.
        pending: usize,
    },
    /// The warehouse refused records for the last time; they were moved to a file.
    RecordsRefused {
        /// Number of records moved.
        rows: usize,
        /// The answer to the last of them.
        answer: String,
        /// The file.
        path: String,
    },
    /// Requests that pacing takes, at the start of a watch.
    RequestsADay {
        /// Their number a day, at most.
        estimate: u64,
        /// The number from which on the tenant's owner is warned, where it is known.
        limit: Option<u32>,
    },
    /// A scenario was fitted and written.
    ScenarioWritten {
        /// The file.
        path: String,
    },
    /// A platform tells something of its own.
    Platform {
        /// Its importance.
        level: Level,
        /// The sentence.
        text: String,
    },
    /// The outbox was full; its oldest records were moved to a file.
    OutboxSpilled {
        /// Number of records moved.
        rows: usize,
        /// The file.
        path: String,
    },
}

impl Notice {
    /// The level from which it is shown.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Exchange { .. } => Level::Detail,
            Self::Platform { level, .. } => *level,
            Self::TokenCache { .. }
            | Self::StateSetAside { .. }
            | Self::StateDamaged { .. }
            | Self::ExportFailed { .. }
            | Self::RecordsRefused { .. }
            | Self::OutboxSpilled { .. }
            | Self::RecordsWithoutWarehouse { .. }
            | Self::Conflict { .. }
            | Self::LoweredElsewhere { .. }
            | Self::OutcomeUnknown { .. }
            | Self::CyclesMissed { .. }
            | Self::MetricsNotWritten { .. }
            | Self::SparseHistory { .. }
            | Self::HistoryDoubt { .. }
            | Self::NoFileOfSettings { .. }
            | Self::SandboxBegunAnew
            | Self::UnknownSetting { .. } => Level::Warning,
            _ => Level::Note,
        }
    }
}

/// The importance of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Shown with `--verbose`.
    Detail,
    /// Shown unless `--quiet`.
    Note,
    /// Shown always: a fault that does not end by itself.
    Warning,
    /// Shown always: what was asked for failed.
    Error,
}

impl Level {
    /// The word in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Detail => "detail",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A receiver of notices: the console prints them, a test collects them.
pub trait Notices: Sync {
    /// Receives one notice.
    fn tell(&self, notice: &Notice);

    /// Receives one notice of a campaign, by what that is called.
    fn tell_of(&self, campaign: &str, notice: &Notice) {
        let _ = campaign;
        self.tell(notice);
    }
}
