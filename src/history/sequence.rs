//! The rows of each campaign one after the other: their order in time.

use std::collections::HashMap;

use super::error::{BadField, BadRow};
use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;

/// The campaigns of a file, numbered in the order of their first rows.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    campaigns: Vec<Campaign>,
    numbers: HashMap<Box<str>, usize>,
    /// Number of the last row's campaign.
    last: usize,
}

/// What is kept of a campaign from one row to the next.
#[derive(Debug)]
struct Campaign {
    id: Box<str>,
    last_at: Option<UnixMillis>,
    last_line: u64,
    /// Number of the campaign whose row followed the last time. Files that hold several campaigns
    /// mostly repeat their order, so the next row is looked for there first.
    successor: usize,
}

impl Sequence {
    /// The number of the campaign with this id, which is added where it is new.
    pub(super) fn number_of(&mut self, id: &str) -> usize {
        let successor = match self.campaigns.get(self.last) {
            Some(last) if *last.id == *id => return self.last,
            last => last.map_or(0, |last| last.successor),
        };
        let expected = self.campaigns.get(successor);
        let number = if expected.is_some_and(|expected| *expected.id == *id) {
            successor
        } else {
            let number = match self.numbers.get(id) {
                Some(number) => *number,
                None => self.add(id),
            };
            if let Some(last) = self.campaigns.get_mut(self.last) {
                last.successor = number;
            }
            number
        };
        self.last = number;
        number
    }

    /// Takes the next row of a campaign, or refuses it where it is not later than the one before.
    pub(super) fn advance(
        &mut self,
        number: usize,
        line: u64,
        at: UnixMillis,
    ) -> Result<(), Box<BadRow>> {
        let Some(campaign) = self.campaigns.get_mut(number) else {
            return Ok(());
        };
        if let Some(last_at) = campaign.last_at
            && at <= last_at
        {
            return Err(Box::new(not_later(campaign, line, at, last_at)));
        }
        campaign.last_at = Some(at);
        campaign.last_line = line;
        Ok(())
    }

    fn add(&mut self, id: &str) -> usize {
        let number = self.campaigns.len();
        self.numbers.insert(id.into(), number);
        self.campaigns.push(Campaign {
            id: id.into(),
            last_at: None,
            last_line: 0,
            successor: number,
        });
        number
    }
}

#[cold]
fn not_later(campaign: &Campaign, line: u64, at: UnixMillis, last_at: UnixMillis) -> BadRow {
    let of = match &*campaign.id {
        "" => String::new(),
        id => format!(" of campaign {id}"),
    };
    let last_line = campaign.last_line;
    let expected = if at == last_at {
        format!("the row{of} at line {last_line} has the same time; remove one of the two")
    } else {
        let last_at = rfc3339(last_at);
        format!(
            "the row{of} before it, at line {last_line}, is later: {last_at}; sort the file by time"
        )
    };
    BadRow {
        line,
        field: Some(BadField {
            column: "timestamp".to_owned(),
            value: rfc3339(at),
        }),
        expected,
    }
}
