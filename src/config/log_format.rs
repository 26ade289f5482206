//! The form of the messages of a run.

use super::values::Named;

/// The form of messages on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// A line of text.
    #[default]
    Text,
    /// A JSON object.
    Json,
}

/// Their names.
pub(super) const LOG_FORMATS: [Named<LogFormat>; 2] = [
    (
        "text",
        LogFormat::Text,
        "time, level, campaign, event: message",
    ),
    (
        "json",
        LogFormat::Json,
        "one JSON object a line, with these fields",
    ),
];
