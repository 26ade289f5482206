//! The fields of a file's rows: their names, and the column that each is.

use super::columns::{Column, plain};

/// Fields by their places.
#[derive(Clone, Debug, Default)]
pub(super) struct FileFields {
    /// The name of each; there may be more of them than fields.
    pub(super) names: Vec<String>,
    /// The column of each; `None` where it is not read.
    pub(super) columns: Vec<Option<Column>>,
}

impl FileFields {
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&Some(column))
    }

    /// The place of a column.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|it| *it == Some(column))
    }

    /// The name that the file has for a column; empty where it has none.
    pub(super) fn name(&self, column: Column) -> &str {
        let name = self.place(column).and_then(|place| self.names.get(place));
        name.map_or("", String::as_str)
    }

    /// The places and names of fields that are not read.
    pub(super) fn unread(&self) -> impl Iterator<Item = (usize, &String)> {
        let fields = self.names.iter().zip(&self.columns).enumerate();
        let unread = fields.filter(|(_, (_, column))| column.is_none());
        unread.map(|(place, (name, _))| (place, name))
    }
}

/// True where a name, or the last of names with points between, is one of `names`, as they are compared.
pub(super) fn is_one_of(name: &str, names: &[&str]) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let of = |name: &str| names.contains(&plain(name).as_str());
    of(last) || of(&name.replace('.', ""))
}
