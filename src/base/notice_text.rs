//! The sentence of each notice: what happened, what it means, and what can be done about it.

use std::fmt;
use std::time::Duration;

use super::notice::Notice;

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
                "an earlier answer asked for a pause; waiting {} until it ends",
                Seconds(*wait)
            ),
            Self::TokenRenewed => {
                f.write_str("the platform refused the token; asking for a new one")
            }
            Self::TokenCache { problem } => {
                write!(f, "{problem}; the next run requests a new token")
            }
            Self::StateSetAside {
                path,
                aside,
                problem,
            } => write!(
                f,
                "state file {path} was damaged ({problem}) and is now {aside}; starting with an empty window, and the first decision does not raise the dial rate"
            ),
            Self::StateDamaged { path, problem } => write!(
                f,
                "state file {path} is damaged ({problem}); a real run would set it aside and start with an empty window"
            ),
            Self::IntentApplied { setpoint } => write!(
                f,
                "an earlier run ended without an answer to its change to {setpoint}; the campaign dials at {setpoint}, so the change counts as applied"
            ),
            Self::IntentNotApplied { intended, actual } => write!(
                f,
                "an earlier run ended before {intended} was applied; the campaign dials at {actual}"
            ),
            Self::RateChangedElsewhere { expected, actual } => write!(
                f,
                "the campaign dials at {actual}, and dialpace last applied {expected}: it was changed elsewhere; this cycle continues from {actual}"
            ),
            Self::LoweredElsewhere { expected, actual } => write!(
                f,
                "the campaign dials at {actual}, and dialpace last applied {expected}: it was lowered elsewhere; it stays there until the decision changes"
            ),
            Self::AppliedLate { setpoint } => write!(
                f,
                "the campaign dials at {setpoint}: a change that was sent without an answer has been applied late"
            ),
            Self::BurstInForce { rate } => write!(
                f,
                "a burst of {rate} of an earlier cycle may still be in force: the rate goes to 0 first"
            ),
            Self::FrontLoadNeedsWatch => f.write_str(
                "--front-load needs watch, which acts twice in an interval; this cycle sets an even rate",
            ),
            Self::OutcomeUnknown { setpoint } => write!(
                f,
                "whether an earlier change to {setpoint} was applied cannot be known any more; its record is exported, as if it was"
            ),
            Self::NotLookedAt { problem } => write!(
                f,
                "whether somebody changed the campaign was not seen: {problem}"
            ),
            Self::Conflict { setpoint } => write!(
                f,
                "the campaign was changed while this cycle ran, so {setpoint} was not applied; the next cycle reads it again"
            ),
            Self::UnknownSetting { name, nearest } => {
                write!(
                    f,
                    "{name} is not a setting and was ignored; did you mean {nearest}?"
                )
            }
            Self::Written { what, path } => {
                write!(f, "{what} written to {path}")?;
                if *what == "report" {
                    f.write_str(": open it in a browser")?;
                }
                Ok(())
            }
            Self::DefaultsAlone => f.write_str(
                "the file has several campaigns: [defaults] hold here, and no [[campaign]]",
            ),
            Self::IdPassedOver { name } => write!(
                f,
                "{name} is passed over, since the file has several campaigns; pick one with --only"
            ),
            Self::NoFileOfSettings { path } => write!(
                f,
                "{path} is not a regular file and was passed over; name another with --env-file"
            ),
            Self::SandboxBegunAnew => f.write_str(
                "the sandbox's campaign was begun anew: it is too old, or the clock has jumped, and the time since its beginning would take too long to simulate",
            ),
            Self::RequestsADay { estimate, limit } => {
                write!(f, "pacing takes about {estimate} requests a day at most")?;
                match limit {
                    Some(limit) => write!(
                        f,
                        "; the tenant's owner is warned above {limit} (apiPublishedLimit)"
                    ),
                    None => Ok(()),
                }
            }
            Self::MetricsNotWritten { path, problem } => {
                write!(f, "the metrics file {path} was not written: {problem}")
            }
            Self::Closing { text } | Self::Platform { text, .. } => f.write_str(text),
            Self::CyclesMissed { count } => write!(
                f,
                "{count} {} missed, because a cycle took longer than the interval or the machine was suspended; the schedule continues",
                if *count == 1 {
                    "cycle was"
                } else {
                    "cycles were"
                }
            ),
            Self::OtherPolicies(figures) => {
                write!(f, "the same days under other policies: {figures}")
            }
            Self::ProgressiveIsBetter {
                interval_secs,
                progressive,
                predictive,
            } => write!(
                f,
                "a dialer in progressive mode, one call for each idle agent, keeps these agents {progressive:.1} % busy and abandons nobody; a rate set every {interval_secs} s comes to {predictive:.1} % at best, so the platform's own progressive mode is the better choice here"
            ),
            Self::HistoryRead { source, told } => write!(f, "{source}: {}", told.join("; ")),
            Self::HistoryDoubt { source, doubt } => write!(f, "{source}: {doubt}"),
            Self::SparseHistory {
                gap_secs,
                window,
                age_max,
            } => write!(
                f,
                "rows are about {gap_secs} s apart, and samples are dropped at an age of {}, so the window never holds {window} of them; if polls were that far apart, set --interval {gap_secs}s",
                Seconds(*age_max)
            ),
            Self::HoursCovered { open_hours, hours } => write!(
                f,
                "{open_hours:.2} of {hours} h are calling hours; the figures are those of the whole time"
            ),
            Self::NothingExported => f.write_str("nothing is exported: DW_ENDPOINT is not set"),
            Self::RecordsWithoutWarehouse { pending } => write!(
                f,
                "nothing is exported: DW_ENDPOINT is not set; {} from earlier runs",
                Waiting(*pending)
            ),
            Self::ExportFailed { problem, pending } => {
                write!(f, "{problem}; {} for the next cycle", Waiting(*pending))
            }
            Self::RecordsRefused { rows, answer, path } => write!(
                f,
                "the warehouse refused {} time after time ({answer}); {} now in {path}, with the answer, and {} to be corrected and loaded by hand",
                match *rows {
                    1 => "1 record".to_owned(),
                    rows => format!("{rows} records"),
                },
                if *rows == 1 { "it is" } else { "they are" },
                if *rows == 1 { "has" } else { "have" },
            ),
            Self::ScenarioWritten { path } => write!(
                f,
                "scenario written to {path}: dialpace simulate {path} --policy capacity,predictive,ratio"
            ),
            Self::OutboxSpilled { rows, path } => write!(
                f,
                "the outbox is full; its {rows} oldest records are now in {path} and have to be loaded by hand"
            ),
        }
    }
}

/// Number of records in the outbox as a clause: "1 record waits", "2 records wait".
pub(crate) struct Waiting(pub(crate) usize);

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 record waits"),
            n => write!(f, "{n} records wait"),
        }
    }
}

/// A duration with its unit: "250 ms", "2 s", "1.5 s".
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
