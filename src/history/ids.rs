//! Ids of campaigns, numbered in the order in which they come.

use std::collections::HashMap;

/// Ids and their numbers.
#[derive(Debug, Default)]
pub(super) struct Ids {
    all: Vec<Id>,
    numbers: HashMap<Box<str>, usize>,
    /// Number of the last row's id.
    last: usize,
}

#[derive(Debug)]
struct Id {
    text: Box<str>,
    /// Number of the id that followed the last time. Files that hold several campaigns mostly repeat
    /// their order, so the next one is looked for there first.
    successor: usize,
}

impl Ids {
    /// The number of `id`, if it is the last one or the one that follows it.
    #[inline]
    pub(super) fn expected(&mut self, id: &[u8]) -> Option<usize> {
        let last = self.all.get(self.last)?;
        if last.text.as_bytes() == id {
            return Some(self.last);
        }
        let successor = last.successor;
        let is_it = self.all.get(successor)?.text.as_bytes() == id;
        is_it.then(|| {
            self.last = successor;
            successor
        })
    }

    /// The number of `id`, which is added where it is new.
    pub(super) fn number_of(&mut self, id: &str) -> usize {
        if let Some(number) = self.expected(id.as_bytes()) {
            return number;
        }
        let number = match self.numbers.get(id) {
            Some(number) => *number,
            None => self.add(id),
        };
        if let Some(last) = self.all.get_mut(self.last) {
            last.successor = number;
        }
        self.last = number;
        number
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.numbers.contains_key(id)
    }

    pub(super) fn text(&self, number: usize) -> &str {
        self.all.get(number).map_or("", |id| &id.text)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.numbers.clear();
        self.last = 0;
    }

    fn add(&mut self, id: &str) -> usize {
        let number = self.all.len();
        self.numbers.insert(id.into(), number);
        self.all.push(Id {
            text: id.into(),
            successor: number,
        });
        number
    }
}
