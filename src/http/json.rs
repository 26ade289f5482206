//! JSON bodies: answers that are read strictly, and messages inside error bodies.

use serde::de::DeserializeOwned;

/// Reads `body`; the error names the field and shows how the body begins where it is not JSON.
pub(super) fn read<T: DeserializeOwned>(
    body: &[u8],
    redact: impl Fn(String) -> String,
) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner();
        if problem.is_data() {
            let problem = problem.to_string();
            // The field says where; line and column of a body that nobody sees do not.
            let problem = problem.split(" at line ").next().unwrap_or(&problem);
            let field = if path == "." {
                String::new()
            } else {
                format!("{path}: ")
            };
            shorten(&redact(format!("{field}{problem}")))
        } else if body.is_empty() {
            "JSON was expected and the body is empty".to_owned()
        } else {
            let start = shorten(&redact(String::from_utf8_lossy(body).into_owned()));
            let place = if path == "." {
                String::new()
            } else {
                format!(" at {path}: {problem}")
            };
            format!("JSON was expected{place}; the body begins: {start}")
        }
    })?;
    deserializer
        .end()
        .map_err(|error| format!("more than one JSON value: {error}"))?;
    Ok(value)
}

/// The message inside the body of an error answer, on one line and shortened.
pub(super) fn message(body: &[u8], redact: impl Fn(String) -> String) -> String {
    let text = String::from_utf8_lossy(body);
    let message = serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|value| json_message(&value))
        .unwrap_or_else(|| text.into_owned());
    shorten(&redact(message))
}

/// The text of the first field that error bodies use for it, RFC 6749 and RFC 9457 among them.
fn json_message(value: &serde_json::Value) -> Option<String> {
    let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
    match (text("error"), text("error_description")) {
        (Some(error), Some(description)) => Some(format!("{error}: {description}")),
        (error, description) => ["message", "detail", "title"]
            .into_iter()
            .find_map(text)
            .or(description)
            .or(error)
            .or_else(|| json_message(value.get("error")?))
            .or_else(|| json_message(value.get("errors")?.get(0)?)),
    }
}

/// `text` on one line, without control characters, cut to a sentence or two.
fn shorten(text: &str) -> String {
    let mut line = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if let Some((end, _)) = line.char_indices().nth(MESSAGE_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Characters of a remote message that are shown: enough for a sentence or two.
const MESSAGE_CHARS: usize = 200;
