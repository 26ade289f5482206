//! Data on stdout, messages on stderr. A reader that went away ends nothing.

use std::io::{self, Write};

use crate::notice::{Notice, Notices};

/// The process's own output.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// Whether only errors are wanted.
    pub quiet: bool,
    /// Whether details are wanted.
    pub verbose: bool,
}

impl Console {
    /// Prints data.
    pub fn data(&self, text: &str) {
        // A broken pipe means that the reader has seen enough.
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// Prints data, unless only errors are wanted.
    pub fn line(&self, text: &str) {
        if !self.quiet {
            self.data(text);
        }
    }

    /// Prints an error.
    pub fn error(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "error: {text}");
    }
}

impl Notices for Console {
    fn tell(&self, notice: &Notice) {
        if self.quiet || (notice.is_detail() && !self.verbose) {
            return;
        }
        let level = if notice.is_detail() { "" } else { "note: " };
        let _ = writeln!(io::stderr().lock(), "{level}{notice}");
    }
}
