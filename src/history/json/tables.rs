//! Tables in other shapes of JSON than rows of objects, named as what they are with a command that makes rows.

use super::beginning::{Beginning, Candidate};
use super::walk::{Level, dotted, jq_path};
use crate::history::columns::Column;

/// The refusal of a file that is a table in another shape.
pub(super) fn refusal(beginning: &Beginning) -> Option<String> {
    let rows_of_values = |list: &&Vec<Level>| list.ends_with(&[Level::Array, Level::Array]);
    let rows = beginning.lists.iter().find(rows_of_values);
    if let Some(rows) = rows {
        let path = dotted(rows);
        let of_jq = rows
            .split_last()
            .map_or_else(String::new, |(_, rows)| jq_path(rows));
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
                &format!("jq -r '{}, {of_jq}[] | @csv' FILE", jq_path(names)),
            ),
            (path, None) => with_command(
                &format!("its rows are arrays of values in {path}, whose names are elsewhere"),
                &format!("jq -r '[\"NAME\", …], {of_jq}[] | @csv' FILE"),
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
    let is_number = |name: &String| name.bytes().all(|it| it.is_ascii_digit());
    let of_numbers = |leaf: &Vec<String>| match leaf.as_slice() {
        [outer, inner] if is_column(outer) && is_number(inner) => Some(outer.clone()),
        _ => None,
    };
    let name = outermost.leaves.iter().find_map(of_numbers)?;
    Some(with_command(
        "it has an object for each column, as pandas writes with orient=\"columns\"",
        &format!(
            "jq -c '. as $t | .[\"{name}\"] | keys_unsorted[] as $i | $t | map_values(.[$i])' FILE"
        ),
    ))
}

/// The refusal of one object that has a member for each row.
pub(super) fn with_a_member_for_each_row(outermost: &Candidate) -> Option<String> {
    let is_time = |leaf: &&Vec<String>| match leaf.as_slice() {
        [_, inner] => Column::of_name(inner).is_some_and(|(it, _)| it == Column::Timestamp),
        _ => false,
    };
    let has_own = outermost.leaves.iter().any(|leaf| leaf.len() == 1);
    let is_several = outermost.leaves.iter().filter(is_time).count() > 1;
    (is_several && !has_own && outermost.is_one()).then(|| {
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
