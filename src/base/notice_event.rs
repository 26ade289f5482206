//! The name of each notice in a log, by which programs tell events apart.

use super::notice::Notice;

impl Notice {
    /// Its name in a log. It does not change between versions.
    #[must_use]
    pub fn event(&self) -> &'static str {
        match self {
            Self::Exchange { .. } => "exchange",
            Self::Retry { .. } => "retry",
            Self::QuietPeriod { .. } => "quiet-period",
            Self::TokenRenewed => "token-renewed",
            Self::ScenarioWritten { .. } => "scenario-written",
            Self::TokenCache { .. } => "token-cache",
            Self::StateSetAside { .. } => "state-set-aside",
            Self::StateDamaged { .. } => "state-damaged",
            Self::IntentApplied { .. } => "intent-applied",
            Self::IntentNotApplied { .. } => "intent-not-applied",
            Self::RateChangedElsewhere { .. } => "rate-changed-elsewhere",
            Self::LoweredElsewhere { .. } => "lowered-elsewhere",
            Self::BurstInForce { .. } => "burst-in-force",
            Self::FrontLoadNeedsWatch => "front-load-needs-watch",
            Self::AppliedLate { .. } => "applied-late",
            Self::OutcomeUnknown { .. } => "outcome-unknown",
            Self::NotLookedAt { .. } => "not-looked-at",
            Self::Conflict { .. } => "conflict",
            Self::UnknownSetting { .. } => "unknown-setting",
            Self::NoFileOfSettings { .. } => "no-file-of-settings",
            Self::Written { .. } => "written",
            Self::DefaultsAlone => "defaults-alone",
            Self::HoursCovered { .. } => "hours-covered",
            Self::IdPassedOver { .. } => "id-passed-over",
            Self::SandboxBegunAnew => "sandbox-begun-anew",
            Self::MetricsNotWritten { .. } => "metrics-not-written",
            Self::Closing { .. } => "closing",
            Self::CyclesMissed { .. } => "cycles-missed",
            Self::HistoryRead { .. } => "history-read",
            Self::HistoryDoubt { .. } => "history-doubt",
            Self::SparseHistory { .. } => "sparse-history",
            Self::OtherPolicies(_) => "other-policies",
            Self::ProgressiveIsBetter { .. } => "progressive-is-better",
            Self::NothingExported => "nothing-exported",
            Self::RecordsWithoutWarehouse { .. } => "records-without-warehouse",
            Self::ExportFailed { .. } => "export-failed",
            Self::RecordsRefused { .. } => "records-refused",
            Self::RequestsADay { .. } => "requests-a-day",
            Self::Platform { .. } => "platform",
            Self::OutboxSpilled { .. } => "outbox-spilled",
        }
    }
}
