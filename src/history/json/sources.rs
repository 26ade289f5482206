//! Which members of a file's objects its columns are: found in its beginning, they hold for the file.

use super::beginning::has_other_meaning;
use super::inner::Inner;
use super::objects::{Objects, Path};
use crate::base::input::InputError;
use crate::history::column_names::ColumnNames;
use crate::history::columns::{COLUMNS, Column, PerColumn, plain};
use crate::history::unread::column_of_other_name;

/// Where the values of columns are.
#[derive(Default)]
pub(super) struct Sources {
    /// Members of members that are columns.
    pub(super) paths: PerColumn<Option<Path>>,
    /// Columns that `--column` gives, of which only that member is read.
    pub(super) are_paths_given: PerColumn<bool>,
    /// Columns that could be several members, and are not read.
    pub(super) warnings: Vec<String>,
}

impl Sources {
    /// Finds the members in `objects`.
    pub(super) fn find(objects: &Objects, columns: &ColumnNames) -> Result<Self, InputError> {
        let mut sources = Self::default();
        for column in COLUMNS {
            if let Some(given) = columns.given(column) {
                sources.paths[column] = given_path(column, given, objects)?;
                sources.are_paths_given[column] = sources.paths[column].is_some();
            }
        }
        let taken: Vec<Path> = COLUMNS
            .into_iter()
            .filter_map(|column| sources.paths[column].clone())
            .collect();
        for column in COLUMNS {
            if columns.is_free(column) && outer(column, objects).is_none() {
                sources.find_inner(column, objects, &taken)?;
            }
        }
        sources.refuse_two_of_one_event(objects, columns)?;
        sources.refuse_other_names(objects)?;
        Ok(sources)
    }

    /// Finds a column that no outermost member is.
    fn find_inner(
        &mut self,
        column: Column,
        objects: &Objects,
        taken: &[Path],
    ) -> Result<(), InputError> {
        let free = objects.leaves.iter().filter(|leaf| !taken.contains(*leaf));
        let named: Vec<(&Path, usize)> = free
            .filter_map(|leaf| Some((leaf, kind_of(leaf, column)?)))
            .collect();
        let best = named.iter().map(|(_, kind)| *kind).min();
        let best: Vec<&Path> = named
            .iter()
            .filter(|(_, kind)| Some(*kind) == best)
            .map(|(leaf, _)| *leaf)
            .collect();
        match best.as_slice() {
            [] => {}
            [leaf] => self.paths[column] = Some((*leaf).clone()),
            [first, second, ..] => {
                let (first, second) = (first.join("."), second.join("."));
                let several = format!("{first} and {second} could both be {column}");
                if is_needed(column) {
                    return Err(InputError(format!(
                        "{several}; name one, such as with --column {column}={first}"
                    )));
                }
                self.warnings.push(format!(
                    "{several}, and are not read; if one of them is, name it, such as with --column {column}={first}"
                ));
            }
        }
        Ok(())
    }

    /// Refuses a member that stands beside the metrics with another value than the outermost, which may be of
    /// the line of a log.
    fn refuse_two_of_one_event(
        &self,
        objects: &Objects,
        columns: &ColumnNames,
    ) -> Result<(), InputError> {
        for column in COLUMNS.into_iter().filter(|it| columns.is_free(*it)) {
            let Some(outer) = outer(column, objects) else {
                continue;
            };
            let is_beside = |leaf: &&Path| {
                leaf.len() > 1 && kind_of(leaf, column).is_some() && self.has_beside(leaf)
            };
            let beside = objects.leaves.iter().find(is_beside);
            if let Some(beside) = beside.filter(|beside| objects.differ(outer, beside)) {
                let (outer, beside) = (outer.join("."), beside.join("."));
                return Err(InputError(format!(
                    "{outer} and {beside} could both be {column}, and differ; name one with --column {column}={beside} or --column {column}={outer}"
                )));
            }
        }
        Ok(())
    }

    /// Refuses a member of a member that is alone there, where an outermost one may be the column by another
    /// name.
    fn refuse_other_names(&self, objects: &Objects) -> Result<(), InputError> {
        for column in COLUMNS.into_iter().filter(|it| is_needed(*it)) {
            let Some(path) = &self.paths[column] else {
                continue;
            };
            let mut others = COLUMNS.into_iter().filter_map(|it| self.paths[it].as_ref());
            let is_beside = others.any(|other| other != path && parent(other) == parent(path));
            let is_it = |leaf: &&Path| {
                let name = leaf.first().filter(|_| leaf.len() == 1);
                name.and_then(|name| column_of_other_name(name)) == Some(column)
            };
            let outer = objects.leaves.iter().find(is_it);
            if let Some(outer) = outer.filter(|_| !is_beside && !self.are_paths_given[column]) {
                let (outer, path) = (outer.join("."), path.join("."));
                return Err(InputError(format!(
                    "{outer} and {path} could both be {column}; name one, such as with --column {column}={outer}"
                )));
            }
        }
        Ok(())
    }

    /// True where a member that is read is in the same object as `leaf`.
    fn has_beside(&self, leaf: &Path) -> bool {
        let parent = parent(leaf);
        let mut paths = COLUMNS.into_iter().filter_map(|it| self.paths[it].as_ref());
        paths.any(|path| parent == self::parent(path))
    }

    /// The column that a member is, if any.
    pub(super) fn column_of(&self, leaf: &[String], columns: &ColumnNames) -> Option<Column> {
        let is_path = |column: &Column| self.paths[*column].as_deref() == Some(leaf);
        let path = COLUMNS.into_iter().find(is_path);
        let [name] = leaf else {
            return path;
        };
        let is_given = |column: &Column| {
            let given = columns
                .given(*column)
                .filter(|_| !self.are_paths_given[*column]);
            given.is_some_and(|given| plain(given) == plain(name))
        };
        let given = path.or_else(|| COLUMNS.into_iter().find(is_given));
        given.or_else(|| {
            let (column, _) = Column::of_name(name)?;
            columns.is_free(column).then_some(column)
        })
    }

    /// The members of members that were found, in words.
    pub(super) fn told(&self) -> Option<String> {
        let mut parents: Vec<String> = Vec::new();
        for column in COLUMNS {
            if let Some(path) = &self.paths[column]
                .as_ref()
                .filter(|_| !self.are_paths_given[column])
            {
                let parent = parent(path).join(".");
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
        }
        (!parents.is_empty()).then(|| format!("members of {} are read", parents.join(" and ")))
    }

    /// The members of members that are read, as a tree.
    pub(super) fn inner(&self) -> Inner {
        let mut inner = Inner::default();
        for column in COLUMNS {
            if let Some(path) = &self.paths[column] {
                inner.add(path, column);
            }
        }
        inner
    }
}

fn parent(path: &[String]) -> &[String] {
    path.split_last().map_or(&[], |(_, parent)| parent)
}

/// The outermost member that is a column by its name.
fn outer<'o>(column: Column, objects: &'o Objects) -> Option<&'o Path> {
    let is_it = |leaf: &&Path| {
        let name = leaf.first().filter(|_| leaf.len() == 1);
        let of = name.and_then(|name| Column::of_name(name));
        of.is_some_and(|(it, _)| it == column)
    };
    objects.leaves.iter().find(is_it)
}

/// The place of its kind among the kinds of names, where a member of a member has the name of `column`: its
/// own, or the names from the outermost on together, such as campaign.id.
fn kind_of(leaf: &Path, column: Column) -> Option<usize> {
    if has_other_meaning(leaf) {
        return None;
    }
    let own = Column::of_name(leaf.last()?);
    let joined = || Column::of_name(&leaf.concat());
    let of = own.filter(|(it, _)| *it == column).or_else(joined);
    of.filter(|(it, _)| *it == column).map(|(_, kind)| kind)
}

/// The member of a member that `--column` names; `None` where it names an outermost one.
fn given_path(column: Column, given: &str, objects: &Objects) -> Result<Option<Path>, InputError> {
    let given = given.trim();
    let is_outer = |leaf: &&Path| leaf.len() == 1;
    let is_plain = |leaf: &&Path| plain(&leaf.join(".")) == plain(given);
    let is_own = |leaf: &&Path| leaf.last().is_some_and(|name| plain(name) == plain(given));
    let found = |is: &dyn Fn(&&Path) -> bool| -> Vec<&Path> {
        objects.leaves.iter().filter(|leaf| is(leaf)).collect()
    };
    let ways = [
        found(&|leaf| is_outer(leaf) && leaf.join(".") == given),
        found(&|leaf| leaf.join(".") == given),
        found(&|leaf| is_outer(leaf) && is_plain(leaf)),
        found(&is_plain),
        found(&is_own),
    ];
    let shown = match column {
        Column::TimeOfDay => Column::Timestamp.name(),
        column => column.name(),
    };
    let found = ways.into_iter().find(|found| !found.is_empty());
    match found.unwrap_or_default().as_slice() {
        // Spellings of an outermost one are told apart row by row.
        [leaf, ..] if leaf.len() == 1 => Ok(None),
        [leaf] => Ok(Some((*leaf).clone())),
        [first, second, ..] => Err(InputError(format!(
            "--column {shown}={given}: it could be {} or {}; name one",
            first.join("."),
            second.join(".")
        ))),
        [] if objects.leaves.is_empty() => Ok(None),
        [] => Err(InputError(format!(
            "--column {shown}={given}: its first rows have no such member; they have {}",
            objects.listed()
        ))),
    }
}

/// True for columns without which a row means something else.
fn is_needed(column: Column) -> bool {
    matches!(
        column,
        Column::Timestamp
            | Column::CampaignId
            | Column::AvailableAgents
            | Column::AnswerRate
            | Column::CallsDialed
            | Column::CallsAnswered
    )
}
