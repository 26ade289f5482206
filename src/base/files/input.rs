//! Files that a user named, to be read: through links, from pipes too, within limits.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use super::bounded;
use super::kind::{Kind, explained};
use crate::base::clock::{Clock as _, SystemClock};

/// The text of a file, without its byte order mark; see [`read_bytes`].
pub fn read_text(path: &Path, bytes_max: u64, patience: Duration) -> io::Result<String> {
    String::from_utf8(read_bytes(path, bytes_max, patience)?).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to());
        let line = 1 + valid.map_or(0, |valid| memchr::memchr_iter(b'\n', valid).count());
        invalid(format!("line {line} is not UTF-8 text"))
    })
}

/// The content of a file, without its byte order mark: of a regular file or a pipe, through links,
/// up to `bytes_max`. A pipe has to end within `patience`.
pub fn read_bytes(path: &Path, bytes_max: u64, patience: Duration) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true);
    // A pipe without a writer would never open.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    let file = options
        .open(path)
        .map_err(|error| explained(error, fs::metadata(path)))?;
    let mut content = match Kind::of(file.metadata()?.file_type()) {
        None => bounded::read(file, bytes_max)?,
        Some(Kind::Pipe) => read_pipe(file, bytes_max, patience)?,
        Some(kind) => return Err(kind.refused()),
    };
    if content.starts_with(b"\xFF\xFE") || content.starts_with(b"\xFE\xFF") {
        return Err(invalid("it is UTF-16; save it as UTF-8".to_owned()));
    }
    if content.starts_with(b"\xEF\xBB\xBF") {
        content.drain(..3);
    }
    Ok(content)
}

/// Reads a pipe to its end. A writer may still have to come, so an end before anything else was read
/// is only believed after a while, and is an error: nobody means to give nothing.
fn read_pipe(mut pipe: File, bytes_max: u64, patience: Duration) -> io::Result<Vec<u8>> {
    let clock = SystemClock::start();
    let mut content = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        match pipe.read(&mut chunk) {
            Ok(0) if !content.is_empty() => return Ok(content),
            Ok(0) if clock.monotonic() >= WRITER_WAIT.min(patience) => {
                return Err(invalid("it is a pipe from which nothing came".to_owned()));
            }
            Ok(0) => {}
            Ok(read) => {
                content.extend_from_slice(chunk.get(..read).unwrap_or_default());
                bounded::check(content.len() as u64, bytes_max)?;
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            Err(_) if clock.monotonic() >= patience => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "it is a pipe whose writer does not end",
                ));
            }
            Err(_) => {}
        }
        clock.sleep(PIPE_CHECK_PERIOD);
    }
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Time in which the writer of a named pipe has to open it; that of `<(…)` has it open already.
const WRITER_WAIT: Duration = Duration::from_secs(1);
/// Time between two looks at a pipe.
const PIPE_CHECK_PERIOD: Duration = Duration::from_millis(5);
