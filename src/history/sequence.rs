//! The rows of each campaign one after the other: their order in time, and totals that count on.

use super::chunk::ParsedRow;
use super::error::{BadField, BadRow, RowError};
use super::ids::Ids;
use super::options::Totals;
use super::running_totals::RunningTotals;
use super::total_words::is_total;
use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;

/// The campaigns of a file, numbered in the order of their first rows.
#[derive(Debug)]
pub(super) struct Sequence {
    ids: Ids,
    campaigns: Vec<Campaign>,
    totals: Option<Totals>,
    /// What tells campaigns apart.
    campaign_column: CampaignColumn,
    /// Rows in an hour that a clock change repeats.
    pub(super) repeated_hour_rows: u64,
}

/// Whether a file tells its campaigns apart.
#[derive(Clone, Debug)]
pub(super) enum CampaignColumn {
    Present,
    /// It has none, but perhaps this one.
    Absent(Option<String>),
}

/// What is kept of a campaign from one row to the next.
#[derive(Debug, Default)]
struct Campaign {
    last_at: Option<UnixMillis>,
    last_line: u64,
    totals: RunningTotals,
}

impl Sequence {
    pub(super) fn new(totals: Option<Totals>, campaign_column: CampaignColumn) -> Self {
        Self {
            ids: Ids::default(),
            campaigns: Vec::new(),
            totals,
            campaign_column,
            repeated_hour_rows: 0,
        }
    }

    /// The number of the campaign with this id, which is added where it is new, at the row of `line`.
    pub(super) fn number_of(&mut self, id: &str, line: u64) -> Result<usize, RowError> {
        if !self.campaigns.is_empty() && !self.ids.has(id) {
            self.refuse_doubtful(id, line)?;
        }
        let number = self.ids.number_of(id);
        if number == self.campaigns.len() {
            self.campaigns.push(Campaign::default());
        }
        Ok(number)
    }

    /// Refuses another campaign that is none: a total of the others, or rows without an id.
    fn refuse_doubtful(&self, id: &str, line: u64) -> Result<(), RowError> {
        let bad = |value: &[u8], expected: &str| {
            let bad = BadRow::field(line, "campaignId", value, expected.to_owned());
            Err(RowError::Bad(Box::new(bad)))
        };
        match self.id(0) {
            _ if id.is_empty() => bad(b"", "other rows have one"),
            _ if is_total(id) => bad(
                id.as_bytes(),
                "expected a campaign; is the row a total of the others?",
            ),
            "" => Err(RowError::unreadable(format!(
                "line {line} has a campaignId, {id}, and rows before it have none; give each row its own"
            ))),
            first if is_total(first) => Err(RowError::unreadable(format!(
                "line {line} is of campaign {id}, and rows before it are of {first:?}: are these totals of the others? Take them out"
            ))),
            _ => Ok(()),
        }
    }

    /// The id of a campaign.
    pub(super) fn id(&self, number: usize) -> &str {
        self.ids.text(number)
    }

    /// True where totals grow all day and fall once, and nobody said that they do.
    pub(super) fn seems_cumulative(&self) -> bool {
        let mut campaigns = self.campaigns.iter();
        self.totals.is_none() && campaigns.any(|it| it.totals.seem_cumulative())
    }

    /// Takes the next row of a campaign, which starts at `line`, or refuses it where it is not later
    /// than the one before.
    #[inline]
    pub(super) fn advance(
        &mut self,
        number: usize,
        line: u64,
        row: &mut ParsedRow,
    ) -> Result<(), RowError> {
        let Some(campaign) = self.campaigns.get_mut(number) else {
            return Ok(());
        };
        if row.again_millis > 0 {
            self.repeated_hour_rows += 1;
            // The first of the two hours is over once a row of the campaign was not before this one.
            if campaign
                .last_at
                .is_some_and(|last_at| last_at >= row.values.at)
            {
                row.values.at.0 += i64::from(row.again_millis);
            }
        }
        if let Some(last_at) = campaign.last_at
            && row.values.at <= last_at
        {
            return Err(self.not_later(number, line, row.values.at));
        }
        campaign.last_at = Some(row.values.at);
        campaign.last_line = line;
        if self.totals == Some(Totals::Cumulative) {
            campaign.totals.take_differences(&mut row.values);
        } else if self.totals.is_none() {
            campaign.totals.look_at(&row.values);
        }
        Ok(())
    }

    #[cold]
    fn not_later(&self, number: usize, line: u64, at: UnixMillis) -> RowError {
        let Some(campaign) = self.campaigns.get(number) else {
            return RowError::unreadable("its rows are in no order");
        };
        let (last_line, last_at) = (campaign.last_line, campaign.last_at.unwrap_or(at));
        let is_same = at == last_at;
        if let (true, CampaignColumn::Absent(likely)) = (is_same, &self.campaign_column) {
            let likely = match likely {
                Some(name) => format!("give the column that tells campaigns apart, such as --column \"campaignId={name}\""),
                None => "if it has several campaigns, it needs a column that tells them apart; else remove one of the two".to_owned(),
            };
            return RowError::unreadable(format!(
                "lines {last_line} and {line} have the same time, {}, and no column is campaignId: {likely}",
                rfc3339(at)
            ));
        }
        let of = match self.id(number) {
            "" => String::new(),
            id => format!(" of campaign {id}"),
        };
        let expected = if is_same {
            format!("the row{of} at line {last_line} has the same time; remove one of the two")
        } else {
            let last_at = rfc3339(last_at);
            format!(
                "the row{of} before it, at line {last_line}, is later: {last_at}; sort the file by time, or give --sort"
            )
        };
        RowError::Bad(Box::new(BadRow {
            line,
            field: Some(BadField {
                column: "timestamp".to_owned(),
                value: rfc3339(at),
            }),
            expected,
        }))
    }
}
