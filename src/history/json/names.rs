//! What is read of a member, by its name.

use std::collections::HashMap;
use std::sync::Arc;

use super::inner::Inner;
use crate::history::column_names::ColumnNames;
use crate::history::columns::{COLUMNS, Column, PerColumn, plain};

/// What is read of the objects of a file.
pub(super) struct Reading {
    /// Names that `--column` gives to outermost members.
    pub(super) given: ColumnNames,
    /// Columns that are members of members by `--column`.
    pub(super) are_paths_given: PerColumn<bool>,
    /// Members of members that are columns.
    pub(super) inner: Inner,
}

/// The columns of member names that were met.
pub(super) struct MemberNames {
    reading: Arc<Reading>,
    known: HashMap<String, Use>,
}

/// What is read of a member.
#[derive(Clone, Copy)]
pub(super) enum Use {
    /// It is a column. The number is the place of its name among the kinds of names: 0 is the one to prefer.
    Column(Column, usize),
    /// Members of it are, at this place of [`Inner`].
    Inner(usize),
    Nothing,
}

impl MemberNames {
    pub(super) fn new(reading: Arc<Reading>) -> Self {
        Self {
            reading,
            known: HashMap::new(),
        }
    }

    /// The members of members that are read.
    pub(super) fn inner(&self) -> &Inner {
        &self.reading.inner
    }

    #[inline]
    pub(super) fn of(&mut self, name: &str) -> Use {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let reading = &self.reading;
        let inner = reading.inner.place(name).map(Use::Inner);
        let found = inner
            .or_else(|| reading.column(name))
            .unwrap_or(Use::Nothing);
        // Names without end are those of no column.
        if self.known.len() < NAMES_MAX {
            self.known.insert(name.to_owned(), found);
        }
        found
    }
}

impl Reading {
    /// The column that an outermost member is by its name.
    fn column(&self, name: &str) -> Option<Use> {
        let given = |column: Column| {
            let given = self.given.given(column)?.trim();
            let is_it = !self.are_paths_given[column] && plain(given) == plain(name);
            // The name as it is spelled goes before other spellings.
            is_it.then(|| Use::Column(column, usize::from(given != name)))
        };
        let own = || {
            let (column, kind) = Column::of_name(name)?;
            let is_free = self.given.is_free(column);
            is_free.then_some(Use::Column(column, kind))
        };
        COLUMNS.into_iter().find_map(given).or_else(own)
    }
}

/// Names of members that are kept in mind.
const NAMES_MAX: usize = 1_000;
