//! Data on stdout, messages on stderr. A closed pipe is not an error.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::wrapped::wrapped;
use crate::base::clock::{Clock as _, SystemClock};
use crate::base::notice::{Level, Notice, Notices};
use crate::base::plain_words::without_numbers;
use crate::base::timestamp::rfc3339;
use crate::base::visible;
use crate::config::LogFormat;

/// The output of the process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Console {
    /// True where only warnings and errors are shown.
    pub quiet: bool,
    /// True where details are shown.
    pub verbose: bool,
    /// The form of messages.
    pub messages: Messages,
    /// The width of lines, characters; `None` where they are not broken.
    pub width: Option<usize>,
}

/// The form of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Messages {
    /// For a person who has asked for something: no time.
    #[default]
    Plain,
    /// The same, with the name of the campaign.
    Named,
    /// A log of a run: every line has a time and the campaign.
    Log(LogFormat),
}

/// A message as JSON.
#[derive(Serialize)]
struct LogObject<'a> {
    time: &'a str,
    level: &'a str,
    campaign: Option<&'a str>,
    event: &'a str,
    message: &'a str,
}

impl Console {
    /// Prints data. A broken pipe is not an error: the reader has ended.
    pub fn data(&self, text: &str) -> io::Result<()> {
        let text = self.broken(visible::lines(text));
        match writeln!(io::stdout().lock(), "{text}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// Prints an error, on one line.
    pub fn error(&self, text: &str) {
        self.message(Level::Error, None, "failed", text);
    }

    /// Prints the error of a campaign, by what that is called.
    pub fn error_of(&self, campaign: &str, text: &str) {
        self.message(Level::Error, Some(campaign), "failed", text);
    }

    /// The text in lines that fit.
    fn broken(self, text: Cow<'_, str>) -> Cow<'_, str> {
        match self.width {
            Some(width) => Cow::Owned(wrapped(&text, width)),
            None => text,
        }
    }

    fn notice(self, campaign: Option<&str>, notice: &Notice) {
        let level = notice.level();
        let wanted = match level {
            Level::Detail => self.verbose,
            Level::Note => !self.quiet,
            Level::Warning | Level::Error => true,
        };
        if wanted {
            self.message(level, campaign, notice.event(), &notice.to_string());
        }
    }

    fn message(self, level: Level, campaign: Option<&str>, event: &str, message: &str) {
        let message = without_numbers(message);
        let message = visible::line(&message);
        let level = level.name();
        let line = match self.messages {
            Messages::Plain | Messages::Named => {
                let label = match level {
                    "detail" => String::new(),
                    level => format!("{level}: "),
                };
                let name = campaign.filter(|_| self.messages == Messages::Named);
                let name = name.map_or_else(String::new, |name| format!("{name}: "));
                format!("{label}{name}{message}")
            }
            Messages::Log(format) => {
                let time = rfc3339(SystemClock::start().now());
                match format {
                    LogFormat::Text => {
                        let campaign = campaign.unwrap_or("-");
                        format!("{time} {level} {campaign} {event}: {message}")
                    }
                    LogFormat::Json => {
                        let object = LogObject {
                            time: &time,
                            level,
                            campaign,
                            event,
                            message: &message,
                        };
                        // Text can always be written as JSON.
                        serde_json::to_string(&object).unwrap_or_default()
                    }
                }
            }
        };
        let line = self.broken(Cow::Owned(line));
        // One write, so that lines of several campaigns do not mix.
        let _ = io::stderr()
            .lock()
            .write_all(format!("{line}\n").as_bytes());
    }
}

impl Notices for Console {
    fn tell(&self, notice: &Notice) {
        self.notice(None, notice);
    }

    fn tell_of(&self, campaign: &str, notice: &Notice) {
        self.notice(Some(campaign), notice);
    }
}
