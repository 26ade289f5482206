//! The names that `--column` gives to columns.

use super::columns::{COLUMNS, Column, PerColumn};
use crate::base::input::InputError;

/// Names under which columns are looked for in a file, besides their own.
#[derive(Clone, Debug, Default)]
pub struct ColumnNames {
    given: PerColumn<Option<String>>,
    left_out: PerColumn<bool>,
}

impl ColumnNames {
    /// From `--column` options, each of the form `NAME=HEADER`, `NAME=#2`, `timestamp=DATE+TIME`, or `NAME=`
    /// for a column that is not read.
    pub fn new(options: &[String]) -> Result<Self, InputError> {
        let mut names = Self::default();
        for option in options {
            names.add(option).map_err(|problem| {
                InputError(format!(
                    "--column {option}: {problem}; for example --column availableAgents=agents_idle"
                ))
            })?;
        }
        Ok(names)
    }

    fn add(&mut self, option: &str) -> Result<(), String> {
        let (name, header) = option.split_once('=').ok_or("expected NAME=HEADER")?;
        let known = || COLUMNS.into_iter().filter(|it| !it.name().is_empty());
        let column = known().find(|column| column.name() == name);
        let column = column.ok_or_else(|| {
            let known: Vec<_> = known().map(Column::name).collect();
            format!(
                "{name:?} is not a column; the columns are {}",
                known.join(", ")
            )
        })?;
        if header.is_empty() {
            self.left_out[column] = true;
            return Ok(());
        }
        let parts = parts(header);
        let (first, second) = match parts.as_slice() {
            [one] => (one, None),
            [date, time] if column == Column::Timestamp => (date, Some(time)),
            [_, _] => return Err(format!("{name} is one column; write \\+ for a plus")),
            _ => return Err("more than two columns are joined; write \\+ for a plus".to_owned()),
        };
        if parts.iter().any(|part| part.trim().is_empty()) {
            return Err("the header is empty".to_owned());
        }
        if self.given[column].replace(first.clone()).is_some() {
            return Err(format!("{name} is given twice"));
        }
        self.given[Column::TimeOfDay] = second.cloned().or(self.given[Column::TimeOfDay].take());
        Ok(())
    }

    /// True for a column that is looked for under the names that are known for it.
    pub(super) fn is_free(&self, column: Column) -> bool {
        self.given(column).is_none() && !self.left_out[column]
    }

    /// The name that `--column` gives, if any.
    pub(super) fn given(&self, column: Column) -> Option<&str> {
        self.given[column].as_deref()
    }
}

/// `header` at its pluses; `\+` is a plus that is part of a name.
fn parts(header: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = header.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, parts.last_mut()) {
            ('+', _) => parts.push(String::new()),
            ('\\', Some(part)) if chars.peek() == Some(&'+') => part.extend(chars.next()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    parts
}
