//! What a user gave that cannot be used.

use std::fmt;

/// Something in a file or an option that cannot be used: where, what is wrong, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct InputError(pub String);

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InputError {}
