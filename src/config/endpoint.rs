//! The place that audit records go to.

use std::path::PathBuf;

use crate::http::HostScope;
use crate::platform::checked_url;

/// The place that audit records go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// An address that takes one POST per record.
    Http(String, HostScope),
    /// A file that gets one line per record.
    File(PathBuf),
}

/// Reads an address or the path of a file. A host name without its `https://` must not become a
/// file of that name.
pub(super) fn endpoint(text: &str) -> Result<Endpoint, String> {
    if let Some(path) = text.strip_prefix("file://") {
        return Err(format!("{text:?}: give the path alone, {path}"));
    }
    if text.contains("://") {
        let (_, reach) = checked_url(text)?;
        return Ok(Endpoint::Http(text.to_owned(), reach));
    }
    let path = PathBuf::from(text);
    let extension = path.extension();
    let is_file = text.contains(['/', '\\'])
        || extension.is_some_and(|extension| RECORD_FILES.iter().any(|known| extension == *known));
    if is_file {
        return Ok(Endpoint::File(path));
    }
    Err(format!(
        "{text:?} is neither an address nor clearly a file; write https://{text} or ./{text}"
    ))
}

/// Extensions that make a bare name a file of records.
const RECORD_FILES: &[&str] = &["ndjson", "jsonl", "json", "log", "txt"];
