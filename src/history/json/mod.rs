//! Rows of a JSON file: where its objects stand, and the objects of a chunk parsed to values.

mod beginning;
mod first_rows;
mod inner;
mod kind;
mod lines;
mod members;
mod names;
mod next_page;
mod objects;
mod opening;
mod place;
mod rows;
mod sources;
mod tables;
mod values;
mod walk;

pub(super) use kind::{is_json, refusal_of_text_around};
pub(super) use opening::open;
