//! Members of members that are columns, as a tree of names.

use crate::history::columns::Column;

/// What is read of an object that is a member.
#[derive(Clone, Debug, Default)]
pub(super) struct Inner {
    /// Its members that are read, each with its name.
    members: Vec<(String, Inner)>,
    /// The column that it is itself, with its names from the outermost on.
    pub(super) column: Option<(Column, String)>,
}

impl Inner {
    /// Adds the member that `path` names.
    pub(super) fn add(&mut self, path: &[String], column: Column) {
        let mut at = self;
        for name in path {
            let place = at.members.iter().position(|(known, _)| known == name);
            let place = place.unwrap_or_else(|| {
                at.members.push((name.clone(), Self::default()));
                at.members.len() - 1
            });
            let Some((_, inner)) = at.members.get_mut(place) else {
                return;
            };
            at = inner;
        }
        at.column = Some((column, path.join(".")));
    }

    /// The place of a member.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|(known, _)| known == name)
    }

    /// The member at a place.
    pub(super) fn at(&self, place: usize) -> Option<&Self> {
        self.members.get(place).map(|(_, inner)| inner)
    }
}
