//! Tables in other shapes of JSON than rows of objects, named as what they are with a command that makes rows.

use super::place::{Beginning, Candidate};
use super::walk::{Level, dotted};
use crate::history::columns::Column;

/// The refusal of a file that is a table in another shape.
pub(super) fn refusal(beginning: &Beginning) -> Option<String> {
    let rows_of_values = |list: &&Vec<Level>| list.ends_with(&[Level::Array, Level::Array]);
    let rows = beginning.lists.iter().find(rows_of_values);
    if let Some(rows) = rows {
        let path = dotted(rows);
        let is_names = |list: &&Vec<Level>| {
            list.ends_with(&[Level::Array]) && NAMES.contains(&dotted(list).as_str())
        };
        let names = beginning.lists.iter().find(is_names);
        return Some(match (path.as_str(), names) {
            ("", _) => with_command("its rows are arrays of values", "jq -r '.[] | @csv' FILE"),
            (path, Some(names)) => with_command(
                &format!(
                    "its rows are arrays of values in {path}, as pandas writes with orient=\"split\""
                ),
                &format!("jq -r '.{}, .{path}[] | @csv' FILE", dotted(names)),
            ),
            (path, None) => with_command(
                &format!("its rows are arrays of values in {path}, whose names are elsewhere"),
                &format!("jq -r '[\"NAME\", …], .{path}[] | @csv' FILE"),
            ),
        });
    }
    let Some(outermost) = beginning.candidates.first() else {
        let is_line = |list: &Vec<Level>| *list == [Level::Array];
        return beginning
            .lists
            .iter()
            .any(is_line)
            .then(|| with_command("its rows are arrays of values", "jq -r @csv FILE"));
    };
    if !outermost.around.is_empty() {
        return None;
    }
    let is_column = |name: &str| Column::of_name(name).is_some();
    let list = beginning
        .lists
        .iter()
        .find_map(|list| match list.as_slice() {
            [Level::Member(name), Level::Array] => {
                let name = String::from_utf8_lossy(name).into_owned();
                is_column(&name).then_some(name)
            }
            _ => None,
        });
    if let Some(name) = list {
        return Some(with_command(
            "it has an array for each column",
            &format!(
                "jq -c '. as $t | range(.[\"{name}\"] | length) as $i | $t | map_values(.[$i])' FILE"
            ),
        ));
    }
    by_row_names(outermost)
}

/// The refusal of objects that have a member for each row.
fn by_row_names(outermost: &Candidate) -> Option<String> {
    let mut pairs = outermost
        .leaves
        .iter()
        .filter_map(|leaf| match leaf.as_slice() {
            [outer, inner] => Some((outer.as_str(), inner.as_str())),
            _ => None,
        });
    let is_column = |name: &str| Column::of_name(name).is_some();
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|it| it.is_ascii_digit());
    let (outer, inner) = pairs.next()?;
    if is_column(outer) && is_number(inner) {
        return Some(with_command(
            "it has an object for each column, as pandas writes with orient=\"columns\"",
            &format!(
                "jq -c '. as $t | .[\"{outer}\"] | keys_unsorted[] as $i | $t | map_values(.[$i])' FILE"
            ),
        ));
    }
    let is_row = |(outer, inner): &(&str, &str)| {
        is_number(outer) && Column::of_name(inner).is_some_and(|(it, _)| it == Column::Timestamp)
    };
    let mut all = std::iter::once((outer, inner)).chain(pairs);
    all.any(|pair| is_row(&pair)).then(|| {
        with_command(
            "it has a member for each row, as pandas writes with orient=\"index\"",
            "jq -c '.[]' FILE",
        )
    })
}

fn with_command(what: &str, command: &str) -> String {
    format!("{what}; make rows of it, such as with {command} | dialpace backtest -")
}

/// Names of the array that has the names of columns.
const NAMES: [&str; 4] = ["columns", "fields", "header", "names"];
