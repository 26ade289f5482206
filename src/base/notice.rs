//! What a run tells its user besides the result: each kind says what happened, what it means,
//! and what to do about it where something can be done.

use std::fmt;
use std::time::Duration;

/// Something worth telling, as data.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// One HTTP exchange ended. Told only to those who ask for detail.
    Exchange {
        /// Method and address, without query.
        request: String,
        /// Status, or what went wrong.
        outcome: String,
        /// How long it took.
        took: Duration,
    },
    /// A call failed and will be tried again.
    Retry {
        /// The call.
        call: &'static str,
        /// What went wrong.
        problem: String,
        /// Time until the next try.
        wait: Duration,
        /// Which retry it will be, from 1.
        retry: u32,
        /// How many there can be.
        retries: u32,
    },
    /// An earlier answer asked to be left alone until later; this run waits for it.
    QuietPeriod {
        /// Time it still lasts.
        wait: Duration,
    },
    /// The token was refused and is asked for again.
    TokenRenewed,
    /// The token cache could not be read or written.
    TokenCache {
        /// What went wrong.
        problem: String,
    },
    /// The state was damaged and has been put aside.
    StateSetAside {
        /// The state file.
        path: String,
        /// Where its content is now.
        aside: String,
        /// What was wrong with it.
        problem: String,
    },
    /// The state is damaged, and a dry run leaves it where it is.
    StateDamaged {
        /// The state file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A rate sent by an earlier run, whose answer never came, has been found applied.
    IntentApplied {
        /// The rate.
        setpoint: String,
    },
    /// A rate that an earlier run meant to send is not the campaign's.
    IntentNotApplied {
        /// The rate that was meant.
        intended: String,
        /// The rate that the campaign has.
        actual: String,
    },
    /// The campaign's rate is not the one last applied from here.
    RateChangedElsewhere {
        /// The rate last applied.
        expected: String,
        /// The rate that the campaign has.
        actual: String,
    },
    /// The campaign was changed between reading and writing it.
    Conflict {
        /// The rate that was not applied.
        setpoint: String,
    },
    /// A name in the environment or in `.env` that means nothing here and nearly does.
    UnknownSetting {
        /// The name.
        name: String,
        /// The name that it resembles.
        nearest: &'static str,
    },
    /// The metrics file could not be written; the cycle itself is done.
    MetricsNotWritten {
        /// The file.
        path: String,
        /// What went wrong.
        problem: String,
    },
    /// What a run came to, where its output is for programs.
    Closing {
        /// In words.
        text: String,
    },
    /// A cycle took so long, or the machine slept so long, that cycles were left out.
    CyclesMissed {
        /// How many.
        count: u64,
    },
    /// Rows of history are so far apart that the window never holds as many as it may.
    SparseHistory {
        /// Seconds between rows, on average.
        gap_secs: u64,
        /// Samples in a full window.
        window: usize,
        /// Age at which samples are dropped.
        age_max: Duration,
    },
    /// What simulated days come to under policies that were not asked for.
    OtherPolicies(String),
    /// A dialer that decides at every call does better than a rate set now and then.
    ProgressiveIsBetter {
        /// Seconds between two rates.
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
        /// Records that wait.
        pending: usize,
    },
    /// The warehouse did not take the records.
    ExportFailed {
        /// What went wrong.
        problem: String,
        /// Records that wait.
        pending: usize,
    },
    /// The outbox was full; its oldest records are in a file of their own.
    OutboxSpilled {
        /// Records moved.
        rows: usize,
        /// The file.
        path: String,
    },
}

impl Notice {
    /// Who wants to know.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Exchange { .. } => Level::Detail,
            Self::TokenCache { .. }
            | Self::StateSetAside { .. }
            | Self::StateDamaged { .. }
            | Self::ExportFailed { .. }
            | Self::OutboxSpilled { .. }
            | Self::RecordsWithoutWarehouse { .. }
            | Self::Conflict { .. }
            | Self::CyclesMissed { .. }
            | Self::MetricsNotWritten { .. }
            | Self::SparseHistory { .. }
            | Self::UnknownSetting { .. } => Level::Warning,
            _ => Level::Note,
        }
    }
}

/// Who wants to know of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Those who ask for detail.
    Detail,
    /// Everybody who did not ask for quiet.
    Note,
    /// Everybody: something is amiss that will not mend itself.
    Warning,
}

/// Takes notices in; the console prints them, a test collects them.
pub trait Notices: Sync {
    /// Takes one notice.
    fn tell(&self, notice: &Notice);
}

impl fmt::Display for Notice {
    #[expect(clippy::too_many_lines, reason = "one arm for each notice")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exchange {
                request,
                outcome,
                took,
            } => {
                write!(f, "{request}: {outcome} in {} ms", took.as_millis())
            }
            Self::Retry {
                call,
                problem,
                wait,
                retry,
                retries,
            } => write!(
                f,
                "{call}: {problem}; retry {retry} of {retries} in {}",
                Seconds(*wait)
            ),
            Self::QuietPeriod { wait } => write!(
                f,
                "an earlier answer asked for a pause; waiting the {} that are left of it",
                Seconds(*wait)
            ),
            Self::TokenRenewed => {
                f.write_str("the platform refused the token; asking for a new one")
            }
            Self::TokenCache { problem } => {
                write!(f, "{problem}; the next run will ask for a token of its own")
            }
            Self::StateSetAside {
                path,
                aside,
                problem,
            } => write!(
                f,
                "state file {path} was damaged ({problem}) and is now {aside}; starting with an empty window, and this run will not raise the dial rate"
            ),
            Self::StateDamaged { path, problem } => write!(
                f,
                "state file {path} is damaged ({problem}); a real run would set it aside and start with an empty window"
            ),
            Self::IntentApplied { setpoint } => write!(
                f,
                "an earlier run ended before it knew whether {setpoint} had been applied; the campaign says it was"
            ),
            Self::IntentNotApplied { intended, actual } => write!(
                f,
                "an earlier run ended before {intended} was applied; the campaign dials at {actual}"
            ),
            Self::RateChangedElsewhere { expected, actual } => write!(
                f,
                "the campaign dials at {actual}, not at the {expected} last applied from here: somebody else changed it"
            ),
            Self::Conflict { setpoint } => write!(
                f,
                "the campaign changed while this cycle ran, so {setpoint} was not applied; the next cycle starts from what it finds"
            ),
            Self::UnknownSetting { name, nearest } => {
                write!(
                    f,
                    "{name} is no setting and was ignored; did you mean {nearest}?"
                )
            }
            Self::MetricsNotWritten { path, problem } => {
                write!(f, "the metrics file {path} was not written: {problem}")
            }
            Self::Closing { text } => f.write_str(text),
            Self::CyclesMissed { count } => write!(
                f,
                "{count} {} left out, because the one before took too long or the machine slept; the schedule goes on",
                if *count == 1 {
                    "cycle was"
                } else {
                    "cycles were"
                }
            ),
            Self::OtherPolicies(figures) => {
                write!(f, "the same days, otherwise paced: {figures}")
            }
            Self::ProgressiveIsBetter {
                interval_secs,
                progressive,
                predictive,
            } => write!(
                f,
                "a dialer in progressive mode, one call for each idle agent, keeps these agents {progressive:.1} % occupied and abandons nobody; a rate set every {interval_secs} s comes to {predictive:.1} % at best, so the platform's own progressive mode is the better choice here"
            ),
            Self::SparseHistory {
                gap_secs,
                window,
                age_max,
            } => write!(
                f,
                "rows are about {gap_secs} s apart, so {window} samples never come together before they are dropped, {} old; --interval {gap_secs}s says that polls are that far apart",
                Seconds(*age_max)
            ),
            Self::NothingExported => f.write_str("nothing is exported: DW_ENDPOINT is not set"),
            Self::RecordsWithoutWarehouse { pending } => write!(
                f,
                "nothing is exported: DW_ENDPOINT is not set, and {} of earlier runs for it",
                Waiting(*pending)
            ),
            Self::ExportFailed { problem, pending } => {
                write!(f, "{problem}; {} for the next cycle", Waiting(*pending))
            }
            Self::OutboxSpilled { rows, path } => write!(
                f,
                "the outbox is full; its {rows} oldest records are now in {path} and have to be loaded by hand"
            ),
        }
    }
}

/// Records that wait, for people: "1 record waits", "2 records wait".
pub(crate) struct Waiting(pub(crate) usize);

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 record waits"),
            n => write!(f, "{n} records wait"),
        }
    }
}

/// A duration for people: "250 ms", "2 s", "1.5 s".
pub(crate) struct Seconds(pub(crate) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < Duration::from_secs(1) {
            return write!(f, "{} ms", self.0.as_millis());
        }
        let tenths = (self.0.as_millis() + 50) / 100;
        match (tenths / 10, tenths % 10) {
            (whole, 0) => write!(f, "{whole} s"),
            (whole, tenth) => write!(f, "{whole}.{tenth} s"),
        }
    }
}
