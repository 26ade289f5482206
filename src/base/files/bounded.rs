//! Reading up to a limit.

use std::fs::File;
use std::io::{self, Read as _};

/// The content of a regular file; an error beyond `bytes_max`, before it is read.
pub(super) fn read(file: File, bytes_max: u64) -> io::Result<Vec<u8>> {
    check(file.metadata()?.len(), bytes_max)?;
    let mut content = Vec::new();
    file.take(bytes_max.saturating_add(1))
        .read_to_end(&mut content)?;
    check(content.len() as u64, bytes_max)?;
    Ok(content)
}

/// An error for more than `bytes_max` bytes.
pub(super) fn check(bytes: u64, bytes_max: u64) -> io::Result<()> {
    if bytes <= bytes_max {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it has {bytes} bytes, and at most {bytes_max} are read"),
    ))
}
