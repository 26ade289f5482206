//! Rows of a JSON file: where its objects stand, and the objects of a chunk parsed to values.

mod array;
mod opening;
mod rows;

pub(super) use opening::{is_json, open};
