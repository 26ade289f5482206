//! Header fields that a user adds to every request of one client, from a file of `Name: value` lines.
//!
//! A value is a secret, a bearer token for one: no message shows it, not even one about its line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::base::files;
use crate::base::secrets;

/// A file of header fields, as it was read last.
#[derive(Clone, Debug)]
pub struct HeaderFile {
    path: PathBuf,
    fields: HeaderMap,
}

impl HeaderFile {
    /// Reads the file; a pipe has to end within `patience`. An error names file and line, and shows
    /// nothing of the values.
    pub fn read(path: &Path, patience: Duration) -> Result<Self, String> {
        let shown = path.display();
        let text = files::read_text(path, FILE_BYTES_MAX, patience)
            .map_err(|error| format!("{shown} cannot be read: {error}"))?;
        let mut fields = HeaderMap::new();
        for (n, line) in text.lines().enumerate() {
            if !line.trim().is_empty() && !line.starts_with('#') {
                add(&mut fields, line)
                    .map_err(|problem| format!("{shown}, line {}: {problem}", n + 1))?;
            }
        }
        let sizes = fields
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        if fields.len() > FIELDS_MAX || sizes.sum::<usize>() > BYTES_MAX {
            return Err(format!(
                "{shown} holds more than {FIELDS_MAX} header fields or {BYTES_MAX} bytes of them, which servers refuse"
            ));
        }
        if fields.is_empty() {
            return Err(format!(
                "{shown} holds no header field; expected lines such as Authorization: Bearer …"
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            fields,
        })
    }

    /// The file as it is now, and whether its fields have changed since this was read.
    pub fn again(&self, patience: Duration) -> Result<(Self, bool), String> {
        let again = Self::read(&self.path, patience)?;
        let has_changed = again.fields != self.fields;
        Ok((again, has_changed))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The fields, whose values are marked as secrets.
    pub(super) fn fields(&self) -> &HeaderMap {
        &self.fields
    }
}

/// Adds the field of one line. An error shows nothing of the line but a name that is not the user's.
fn add(fields: &mut HeaderMap, line: &str) -> Result<(), String> {
    if line.starts_with([' ', '\t']) {
        return Err("it begins with a blank, and a value stands on one line".to_owned());
    }
    let (name, value) = line
        .split_once(':')
        .ok_or("it has no colon; expected Name: value")?;
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| "what stands before its colon is no name of a header field")?;
    if RESERVED.contains(&name.as_str()) {
        return Err(format!("{name} is set by dialpace itself; remove the line"));
    }
    if fields.contains_key(&name) {
        return Err("its name stands in an earlier line too".to_owned());
    }
    let value = value.trim();
    if value.is_empty() {
        return Err("it has no value".to_owned());
    }
    let is_printable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let field = HeaderValue::from_str(value).ok();
    let Some(mut field) = field.filter(|_| is_printable) else {
        return Err("its value has a character that is not printable ASCII".to_owned());
    };
    field.set_sensitive(true);
    fields.insert(name, field);
    conceal(value);
    Ok(())
}

/// Conceals a value, the credentials behind the name of their scheme, and a password in them: the other
/// side may repeat each by itself.
fn conceal(value: &str) {
    secrets::conceal(value);
    let Some((scheme, credentials)) = value.split_once(' ') else {
        return;
    };
    secrets::conceal(credentials.trim());
    if scheme.eq_ignore_ascii_case("basic")
        && let Ok(decoded) = STANDARD.decode(credentials.trim())
        && let Some((_, password)) = String::from_utf8_lossy(&decoded).split_once(':')
    {
        secrets::conceal(password);
    }
}

/// Names, in small letters, that requests or connections have of their own, or that change how a
/// message is read: RFC 9110 and RFC 9112.
const RESERVED: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
/// Header fields at most: their values stay on the list of secrets, which is bounded.
const FIELDS_MAX: usize = 8;
/// Bytes of all fields at most: common servers take 8 KiB.
const BYTES_MAX: usize = 8 * 1024;
/// Bytes of the file at most: room for comments.
const FILE_BYTES_MAX: u64 = 64 * 1024;
