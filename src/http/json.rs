//! JSON bodies: strict reading of answers, and the messages in error bodies.

use serde::de::DeserializeOwned;

use crate::base::plain_words::{Format, plain};
use crate::base::secrets;
use crate::base::visible::is_unseen;

/// Reads `body`; the error names the field, and shows the beginning of a body that is not JSON.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    read_at(body).map_err(|misfit| {
        let Misfit { field, problem, .. } = &misfit;
        if body.is_empty() {
            EMPTY.to_owned()
        } else if misfit.is_json {
            shown(&format!("{field}{problem}"))
        } else {
            let start = shown(&String::from_utf8_lossy(body));
            let place = if field.is_empty() {
                "JSON was expected"
            } else {
                problem
            };
            format!("{field}{place}; the body begins: {start}")
        }
    })
}

/// Reads a body that holds a secret; the error shows no content.
pub(super) fn read_secret<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    read_at(body).map_err(
        |Misfit {
             field,
             problem,
             is_json,
         }| {
            if body.is_empty() {
                return EMPTY.to_owned();
            }
            if !is_json {
                return "JSON was expected; the body is not shown, since it may hold the token"
                    .to_owned();
            }
            if problem.starts_with("missing field") {
                return problem;
            }
            // "invalid type: string "…", expected i64", without the text between the quotes.
            let kind = problem
                .split(['"', '`'])
                .next()
                .unwrap_or_default()
                .trim_end();
            match problem.rsplit_once(", expected ") {
                Some((_, expected)) => format!("{field}{kind}, expected {expected}"),
                None => format!("{field}{kind}"),
            }
        },
    )
}

/// The difference between a body and its expected shape.
struct Misfit {
    /// The field with ": ", as a prefix of the problem; empty for the whole body.
    field: String,
    problem: String,
    is_json: bool,
}

fn read_at<T: DeserializeOwned>(body: &[u8]) -> Result<T, Misfit> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        let text = error.to_string();
        let is_json = error.is_data();
        Misfit {
            field: if path == "." {
                String::new()
            } else {
                format!("{path}: ")
            },
            problem: match text.split(" at line ").next().unwrap_or(&text) {
                // The field is the place; line and column of a body that is not shown are no help.
                misfit if is_json => plain(misfit, Format::Json),
                NUMBER_TOO_LARGE => NUMBER_TOO_LARGE.to_owned(),
                _ if error.is_eof() => "the JSON ends too early".to_owned(),
                _ => "it is not valid JSON".to_owned(),
            },
            is_json,
        }
    })?;
    match deserializer.end() {
        Ok(()) => Ok(value),
        Err(_) => Err(Misfit {
            field: String::new(),
            problem: "there is more text after the JSON value".to_owned(),
            is_json: true,
        }),
    }
}

/// The message of an error answer, on one line and shortened: what a header field tells, or else
/// what the body does.
pub(super) fn message(told: Option<&str>, body: &[u8]) -> String {
    if let Some(told) = told.filter(|told| !told.trim().is_empty()) {
        return shown(told);
    }
    let text = String::from_utf8_lossy(body);
    let message = serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|value| json_message(&value))
        .unwrap_or_else(|| text.into_owned());
    shown(&message)
}

/// The text of the first field that error bodies use for it, RFC 6749 and RFC 9457 among them.
fn json_message(value: &serde_json::Value) -> Option<String> {
    let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
    let description = text("error_description").or_else(|| text("errorDescription"));
    match (text("error"), description) {
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

/// What the other side wrote, on one line, without secrets, cut to a sentence or two.
fn shown(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || is_unseen(c));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").chars().take(SEARCHED_CHARS).collect();
    let line = secrets::of_a_stranger(&line);
    match line.char_indices().nth(MESSAGE_CHARS) {
        Some((end, _)) => line.get(..end).unwrap_or_default().to_owned() + "…",
        None => line,
    }
}

/// Characters of a remote message that are shown: enough for a sentence or two.
const MESSAGE_CHARS: usize = 200;
const EMPTY: &str = "JSON was expected and the body is empty";
/// The parser's sentence about a number that no type holds, which is plain enough.
const NUMBER_TOO_LARGE: &str = "number out of range";
/// Characters that are searched for secrets: more than are shown, in whatever encoding.
const SEARCHED_CHARS: usize = 8 * 1024;
