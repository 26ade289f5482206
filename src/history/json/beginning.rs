//! What stands in the beginning of a text of JSON: which objects there are, and their members.

use std::collections::HashSet;

use super::values::is_wrapper;
use super::walk::{Level, Step, Walk, jq_path};
use crate::history::column_names::ColumnNames;
use crate::history::columns::{COLUMNS, Column, missing, plain};

/// Objects that may be rows: those at one place, outside of arrays or directly in one.
pub(super) struct Candidate {
    /// What is open around each.
    pub(super) around: Vec<Level>,
    /// How many there are.
    pub(super) count: usize,
    /// Their members, and those of objects in them, by their names from the outermost on.
    pub(super) leaves: Vec<Vec<String>>,
    seen: HashSet<Vec<String>>,
}

/// What stands in the beginning of a file.
#[derive(Default)]
pub(super) struct Beginning {
    pub(super) candidates: Vec<Candidate>,
    /// Arrays of values that are no objects, each by what is open around it.
    pub(super) lists: Vec<Vec<Level>>,
    pub(super) has_lines: bool,
}

impl Candidate {
    pub(super) fn has(&self, column: Column, columns: &ColumnNames) -> bool {
        let is_it = |leaf: &Vec<String>| match columns.given(column) {
            Some(given) => {
                let given = plain(given);
                plain(&leaf.join(".")) == given || leaf.last().is_some_and(|it| plain(it) == given)
            }
            None => columns.is_free(column) && is_column(leaf, column),
        };
        self.leaves.iter().any(is_it)
    }

    pub(super) fn known(&self, columns: &ColumnNames) -> usize {
        let known = COLUMNS.into_iter().filter(|it| self.has(*it, columns));
        known.count()
    }

    pub(super) fn has_missing(&self, columns: &ColumnNames) -> bool {
        // Text of JSON in a member may have what is missing.
        missing(&|column| self.has(column, columns)).is_some()
    }

    /// True where it is all that is in the file.
    pub(super) fn is_one(&self) -> bool {
        self.around.is_empty() && self.count == 1
    }

    /// What to do where these, in an array of `outermost`, lack a column that `outermost` has.
    pub(super) fn hint(&self, outermost: &Self) -> String {
        let of_name = |leaf: &Vec<String>| match leaf.as_slice() {
            [name] => Column::of_name(name).map(|(column, _)| (name.clone(), column)),
            _ => None,
        };
        let none = ColumnNames::default();
        let around = outermost.leaves.iter().filter_map(of_name);
        let around = around.filter(|(_, column)| !self.has(*column, &none));
        let names: Vec<String> = around.map(|(name, _)| name).collect();
        if names.is_empty() || self.around == outermost.around || !outermost.around.is_empty() {
            return String::new();
        }
        format!(
            "; the object around them has {}: join them, such as with jq -c '{{{}}} + {}[]' FILE | dialpace backtest -",
            names.join(", "),
            names.join(", "),
            jq_path(&self.around)
        )
    }

    /// True where they are in an array of `other`, and in no other array of it.
    pub(super) fn is_inside(&self, other: &Self) -> bool {
        let Some(rest) = self.around.strip_prefix(other.around.as_slice()) else {
            return false;
        };
        let members = rest.iter().take_while(|level| **level != Level::Array);
        let members = members.count();
        let mut arrays = rest.iter().skip(members);
        members > 0 && members < rest.len() && arrays.all(|level| *level == Level::Array)
    }
}

impl Beginning {
    pub(super) fn of(probe: &[u8]) -> Self {
        let mut beginning = Self::default();
        let mut lines = probe.split(|byte| *byte == b'\n');
        let is_line = |line: &[u8]| is_object(line.trim_ascii());
        let first = lines.find(|line| !line.trim_ascii().is_empty());
        beginning.has_lines = first.is_some_and(is_line);
        if beginning.has_lines {
            for line in probe.split(|byte| *byte == b'\n') {
                // A line that is broken is a bad row.
                let _ = beginning.add(line);
            }
        } else if beginning.add(probe).is_err() && lines.take(LINES_TRIED).any(is_line) {
            // The first line is broken, and is a bad row.
            return Self {
                has_lines: true,
                ..Self::default()
            };
        }
        beginning
    }

    /// Adds what stands in `text`, as far as it is JSON.
    fn add(&mut self, text: &[u8]) -> Result<(), String> {
        let mut walk = Walk::default();
        for byte in text {
            let step = walk.step(*byte)?;
            let levels = walk.levels();
            match step {
                Step::Object => {
                    let around = levels.split_last().map_or(levels, |(_, around)| around);
                    if matches!(around.last(), None | Some(Level::Array)) {
                        self.candidate(around).count += 1;
                    }
                }
                Step::Value if levels.last() == Some(&Level::Array) => self.add_list(levels),
                Step::Value => self.add_leaf(levels),
                _ => {}
            }
        }
        Ok(())
    }

    fn add_list(&mut self, levels: &[Level]) {
        if self.lists.len() < LISTS_MAX && !self.lists.iter().any(|it| it == levels) {
            self.lists.push(levels.to_vec());
        }
    }

    fn candidate(&mut self, around: &[Level]) -> &mut Candidate {
        let place = self.candidates.iter().position(|it| it.around == around);
        let place = place.unwrap_or_else(|| {
            self.candidates.push(Candidate {
                around: around.to_vec(),
                count: 0,
                leaves: Vec::new(),
                seen: HashSet::new(),
            });
            self.candidates.len() - 1
        });
        #[expect(
            clippy::indexing_slicing,
            reason = "it is the place of one, or of the one that was added"
        )]
        &mut self.candidates[place]
    }

    fn add_leaf(&mut self, levels: &[Level]) {
        let last_array = levels.iter().rposition(|level| *level == Level::Array);
        let (around, names) = levels.split_at(last_array.map_or(0, |place| place + 1));
        let names = names.iter().filter_map(|level| match level {
            Level::Array => None,
            Level::Member(name) => Some(String::from_utf8_lossy(name).into_owned()),
        });
        let names: Vec<String> = names.collect();
        let candidate = self.candidate(around);
        if candidate.leaves.len() < LEAVES_MAX && candidate.seen.insert(names.clone()) {
            candidate.leaves.push(names);
        }
    }
}

/// True where the last name of a member is that of `column`, or all its names together are, or the last one only
/// says the type of the value.
pub(super) fn is_column(leaf: &[String], column: Column) -> bool {
    if has_other_meaning(leaf) {
        return false;
    }
    let is_it = |name: &str| Column::of_name(name).is_some_and(|(it, _)| it == column);
    let own = match leaf {
        [before @ .., last] if is_wrapper(last) => before.last(),
        _ => leaf.last(),
    };
    own.is_some_and(|name| is_it(name)) || is_it(&leaf.concat())
}

/// True where a member is in one whose values are none of a poll, such as a plan.
pub(super) fn has_other_meaning(leaf: &[String]) -> bool {
    let around = leaf.split_last().map_or(&[][..], |(_, around)| around);
    around
        .iter()
        .any(|name| OTHER_MEANINGS.contains(&plain(name).as_str()))
}

/// True where `text` is one object, as far as its brackets and quotes say.
pub(super) fn is_object(text: &[u8]) -> bool {
    let mut walk = Walk::default();
    let mut ends = 0;
    let is_sound = text.iter().enumerate().all(|(place, byte)| {
        let step = walk.step(*byte);
        let is_end = walk.is_outside();
        ends += usize::from(is_end && step == Ok(Step::ObjectEnd));
        step.is_ok() && (!is_end || place + 1 == text.len())
    });
    is_sound && ends == 1 && text.starts_with(b"{")
}

/// Names of objects whose members are no metrics of a poll, as they are compared.
const OTHER_MEANINGS: [&str; 34] = [
    "plan",
    "planned",
    "planning",
    "forecast",
    "forecasted",
    "expected",
    "predicted",
    "prediction",
    "target",
    "targets",
    "goal",
    "goals",
    "limit",
    "limits",
    "max",
    "maximum",
    "min",
    "minimum",
    "sla",
    "threshold",
    "thresholds",
    "licence",
    "license",
    "licences",
    "licenses",
    "previous",
    "prev",
    "last",
    "yesterday",
    "lastweek",
    "recommended",
    "default",
    "defaults",
    "config",
];
/// Members that are looked at.
const LEAVES_MAX: usize = 1_000;
const LISTS_MAX: usize = 1_000;
/// Lines that are tried for an object where the first is broken.
const LINES_TRIED: usize = 10;
