//! Data on stdout, messages on stderr. A closed pipe is not an error.

use std::io::{self, Write};

use crate::base::notice::{Level, Notice, Notices};
use crate::base::visible;

/// The output of the process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Console {
    /// True where only warnings and errors are shown.
    pub quiet: bool,
    /// True where details are shown.
    pub verbose: bool,
}

impl Console {
    /// Prints data. A broken pipe is not an error: the reader has ended.
    pub fn data(&self, text: &str) -> io::Result<()> {
        match writeln!(io::stdout().lock(), "{}", visible::lines(text)) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// Prints an error, on one line.
    pub fn error(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "error: {}", visible::line(text));
    }
}

impl Notices for Console {
    fn tell(&self, notice: &Notice) {
        let (wanted, label) = match notice.level() {
            Level::Detail => (self.verbose, ""),
            Level::Note => (!self.quiet, "note: "),
            Level::Warning => (true, "warning: "),
        };
        if wanted {
            let notice = notice.to_string();
            let _ = writeln!(io::stderr().lock(), "{label}{}", visible::line(&notice));
        }
    }
}
