//! The state file's content: a state in an envelope of schema number and checksum.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::schema1;
use super::state::State;
use crate::base::plain_words::json_problem;

/// The file: a schema number, a checksum of it and of the state's text, and the state.
///
/// The checksum detects a flipped bit in a number, which is still valid JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    schema: u64,
    checksum: String,
    #[serde(borrow)]
    state: &'a RawValue,
}

pub(super) enum Decoded {
    State(Box<State>),
    Newer(u64),
    Damaged(String),
}

pub(super) fn encode(state: &State) -> serde_json::Result<Vec<u8>> {
    let state = serde_json::value::to_raw_value(state)?;
    let envelope = Envelope {
        schema: SCHEMA,
        checksum: checksum(SCHEMA, &state),
        state: &state,
    };
    let mut content = serde_json::to_vec(&envelope)?;
    content.push(b'\n');
    Ok(content)
}

pub(super) fn decode(content: &[u8]) -> Decoded {
    if content.is_empty() {
        return Decoded::Damaged("it is empty".to_owned());
    }
    let envelope: Envelope = match serde_json::from_slice(content) {
        Ok(envelope) => envelope,
        Err(error) => {
            return match newer_schema(content) {
                Some(schema) => Decoded::Newer(schema),
                None => Decoded::Damaged(damage(&error)),
            };
        }
    };
    if envelope.checksum != checksum(envelope.schema, envelope.state) {
        // A checksum of a known schema means that the schema number is damaged, not newer.
        let is_ours =
            (1..=SCHEMA).any(|known| envelope.checksum == checksum(known, envelope.state));
        return if envelope.schema > SCHEMA && !is_ours {
            Decoded::Newer(envelope.schema)
        } else {
            Decoded::Damaged("its content does not match its checksum".to_owned())
        };
    }
    if envelope.schema > SCHEMA {
        return Decoded::Newer(envelope.schema);
    }
    let text = envelope.state.get();
    let state = match envelope.schema {
        1 => serde_json::from_str(text).map(schema1::migrated),
        _ => serde_json::from_str(text),
    };
    match state {
        Ok(state) => Decoded::State(Box::new(state)),
        Err(error) => Decoded::Damaged(damage(&error)),
    }
}

fn damage(error: &serde_json::Error) -> String {
    format!("{}, at column {}", json_problem(error), error.column())
}

/// The schema number of a file with an unknown layout, where it is a later one.
fn newer_schema(content: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Schema {
        schema: u64,
    }
    let Schema { schema } = serde_json::from_slice(content).ok()?;
    (schema > SCHEMA).then_some(schema)
}

fn checksum(schema: u64, state: &RawValue) -> String {
    let text = format!("{schema}:{}", state.get());
    Uuid::new_v5(&CHECKSUM_NAMESPACE, text.as_bytes()).to_string()
}

/// Reads a file's content as a run does; a state must be read back as it was written. Of fuzzing
/// builds only.
#[cfg(fuzzing)]
pub fn fuzz(content: &[u8]) {
    if let Decoded::State(state) = decode(content) {
        let written = encode(&state).expect("a state that was read can be written");
        assert!(matches!(decode(&written), Decoded::State(again) if again == state));
    }
}

/// As [`fuzz`], for a state's text with a valid checksum.
#[cfg(fuzzing)]
pub fn fuzz_inside(content: &str) {
    if let Ok(state) = serde_json::from_str::<State>(content) {
        fuzz(&encode(&state).expect("a state that was read can be written"));
    }
}

/// Version of the layout of [`State`]; raised where an older program could not read it.
pub(super) const SCHEMA: u64 = 2;
/// The name space of checksums, which differs from that of record ids.
const CHECKSUM_NAMESPACE: Uuid = Uuid::from_u128(0x2b7d_90f4_61ac_5e38_8c13_e5a9_7f40_d26b);
