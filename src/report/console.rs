//! Data on stdout, messages on stderr. A reader that went away ends nothing.

use std::io::{self, Write};

use crate::base::notice::{Level, Notice, Notices};

/// The process's own output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Console {
    /// Whether only warnings and errors are wanted.
    pub quiet: bool,
    /// Whether details are wanted.
    pub verbose: bool,
}

impl Console {
    /// Prints data. A broken pipe is no error: the reader has seen enough.
    pub fn data(&self, text: &str) -> io::Result<()> {
        match writeln!(io::stdout().lock(), "{text}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// Prints an error.
    pub fn error(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "error: {text}");
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
            let _ = writeln!(io::stderr().lock(), "{label}{notice}");
        }
    }
}
