//! The place that audit records go to.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use crate::base::secrets;
use crate::http::{Address, HostScope};

/// The place that audit records go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// An address that takes one POST per record.
    Http(String, HostScope),
    /// A file that gets one line per record.
    File(PathBuf),
}

/// Reads an address or the path of a file. A host name without its `https://` must not become a
/// file of that name. An error shows nothing of the text: it may hold a key.
pub(super) fn endpoint(text: &str) -> Result<Endpoint, String> {
    if text.contains("://") {
        if text.starts_with("file://") {
            return Err("a file is named by its path alone, without file://".to_owned());
        }
        let address = Address::new(text)?;
        for key in address.keys() {
            secrets::conceal(key);
            // The other side may answer with what it read.
            secrets::conceal(&percent_decode_str(key).decode_utf8_lossy());
        }
        return Ok(Endpoint::Http(text.to_owned(), address.scope()));
    }
    let path = PathBuf::from(text);
    let starts_as_path = ["/", "./", "../"]
        .iter()
        .any(|start| text.starts_with(start));
    // A host with a path, a user or a query has these; so does no path that anybody would choose.
    let may_be_address = text.contains('?') || (text.contains(['@', ':', '#']) && !starts_as_path);
    let extension = path.extension();
    let is_file = text.contains(['/', '\\'])
        || extension.is_some_and(|extension| RECORD_FILES.iter().any(|known| extension == *known));
    if may_be_address && !is_drive(text) || !is_file {
        return Err(
            "it is neither an address nor clearly a file; write https:// before an address, and ./ before a file, whose name has no ?"
                .to_owned(),
        );
    }
    Ok(Endpoint::File(path))
}

/// True for a path that begins with the letter of a drive.
fn is_drive(text: &str) -> bool {
    let mut chars = text.chars();
    let is_letter = chars.next().is_some_and(|c| c.is_ascii_alphabetic());
    cfg!(windows) && is_letter && chars.next() == Some(':') && !text.contains('?')
}

/// Extensions that make a bare name a file of records.
const RECORD_FILES: &[&str] = &["ndjson", "jsonl", "json", "log", "txt"];
