//! The rows of each campaign one after the other: their order in time, and totals that count on.

use std::collections::HashMap;

use jiff::Timestamp;

use super::chunk::ParsedRow;
use super::columns::Column;
use super::day_steps::DaySteps;
use super::error::{BadField, BadRow, RowError};
use super::ids::Ids;
use super::options::{ReadingOptions, Totals};
use super::repeated_hours::{Before, Once, RepeatedHours};
use super::row::RowValues;
use super::running_totals::RunningTotals;
use super::sorted::is_half_day;
use super::subtotals::{Found, Subtotals};
use super::total_words::is_total;
use crate::base::timestamp::rfc3339;

/// The campaigns of a file, numbered in the order of their first rows.
#[derive(Debug)]
pub(super) struct Sequence {
    ids: Ids,
    campaigns: Vec<Campaign>,
    totals: Option<Totals>,
    /// What tells campaigns apart.
    campaign_column: CampaignColumn,
    /// The campaign that is the total of the others.
    total_campaign: Option<String>,
    /// The first id of each spelling without case, and two that differ in case only.
    spellings: HashMap<String, String>,
    pub(super) alike: Option<(String, String)>,
    /// Rows so far.
    rows: u64,
    /// Rows in an hour that a clock change repeats.
    pub(super) repeated_hour_rows: u64,
    repeated_hours: RepeatedHours,
    /// How much later than in UTC the day begins, in milliseconds.
    midnight_millis: i64,
}

/// Whether a file tells its campaigns apart.
#[derive(Clone, Debug)]
pub(super) enum CampaignColumn {
    /// It has one; another one may tell more of them apart.
    Present(Option<String>),
    /// It has none, but perhaps this one.
    Absent(Option<String>),
}

/// What is kept of a campaign from one row to the next.
#[derive(Debug, Default)]
struct Campaign {
    /// Its last row, before differences of totals are taken.
    last: Option<RowValues>,
    last_line: u64,
    /// The last three steps in time.
    steps_millis: [i64; 3],
    totals: RunningTotals,
    subtotals: Subtotals,
    days: DaySteps,
    /// Its rows in a repeated hour that it has once so far.
    once: Option<Once>,
}

impl Sequence {
    pub(super) fn new(
        options: &ReadingOptions,
        campaign_column: CampaignColumn,
        total_campaign: Option<String>,
    ) -> Self {
        let now = options
            .now
            .and_then(|now| Timestamp::from_millisecond(now.0).ok());
        let offset = options.time_zone.as_ref().zip(now);
        let offset = offset.map_or(0, |((_, zone), now)| zone.to_offset(now).seconds());
        Self {
            ids: Ids::default(),
            campaigns: Vec::new(),
            totals: options.totals,
            campaign_column,
            total_campaign,
            spellings: HashMap::new(),
            alike: None,
            rows: 0,
            repeated_hour_rows: 0,
            repeated_hours: RepeatedHours::new(options.repeated_hour),
            midnight_millis: i64::from(offset) * 1_000,
        }
    }

    /// The number of the campaign with this id, which is added where it is new, at the row of `line`.
    pub(super) fn number_of(&mut self, id: &str, line: u64) -> Result<usize, RowError> {
        if self.total_campaign.as_deref() == Some(id) {
            let expected =
                "at each time it is the sum of the other campaigns: is it their total?".to_owned();
            let bad = BadRow::field(line, "campaignId", id.as_bytes(), expected);
            return Err(RowError::Bad(Box::new(bad)));
        }
        if !self.campaigns.is_empty() && !self.ids.has(id) {
            self.refuse_doubtful(id, line)?;
        }
        let number = self.ids.number_of(id);
        if number == self.campaigns.len() {
            self.campaigns.push(Campaign::default());
            let before = self.spellings.insert(id.to_lowercase(), id.to_owned());
            self.alike = self.alike.take().or(before.map(|it| (it, id.to_owned())));
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

    /// True where the days of a campaign are a month apart each.
    pub(super) fn seems_swapped(&self) -> bool {
        self.campaigns.iter().any(|it| it.days.seem_swapped())
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
        self.rows += 1;
        if row.again_millis == 0 {
            self.repeated_hours.pass(row.values.at);
        }
        if row.again_millis > 0 || campaign.once.is_some() {
            self.repeated_hour_rows += u64::from(row.again_millis > 0);
            let before = campaign.last.map(|last| Before {
                at: last.at,
                step_millis: shortest(campaign.steps_millis),
            });
            self.repeated_hours.place(
                number,
                &mut campaign.once,
                before,
                row,
                (self.rows, line),
            )?;
        }
        if let Some(last) = &campaign.last {
            let step = row.values.at.0 - last.at.0;
            if step <= 0 {
                return Err(self.not_later(number, line, &row.values));
            }
            let [_, before, one_before] = campaign.steps_millis;
            campaign.steps_millis = [before, one_before, step];
        }
        let day = (row.values.at.0 + self.midnight_millis).div_euclid(DAY_MILLIS);
        campaign.days.take(day);
        if self.totals.is_none() {
            let found = campaign.subtotals.take(&row.values, day, line);
            if found != Found::Poll {
                return refused(found, line, &row.values);
            }
        }
        campaign.last = Some(row.values);
        campaign.last_line = line;
        if self.totals == Some(Totals::Cumulative) {
            campaign.totals.take_differences(&mut row.values);
        } else if self.totals.is_none() {
            campaign.totals.look_at(&row.values);
        }
        Ok(())
    }

    /// Ends the file: what its last rows turn out to be.
    pub(super) fn end(&self) -> Result<(), RowError> {
        for campaign in &self.campaigns {
            if let Some(once) = &campaign.once {
                self.repeated_hours.end(once)?;
            }
            if let Found::TotalAt(line, rows) = campaign.subtotals.end() {
                return Err(total_at(line, rows));
            }
        }
        Ok(())
    }

    #[cold]
    fn not_later(&self, number: usize, line: u64, row: &RowValues) -> RowError {
        let at = row.at;
        let Some(campaign) = self.campaigns.get(number) else {
            return RowError::unreadable("its rows are in no order");
        };
        let (last_line, last) = (campaign.last_line, campaign.last.as_ref().unwrap_or(row));
        let last_at = last.at;
        let is_same = at == last_at;
        let differs = is_same && row != last;
        if let (true, CampaignColumn::Absent(likely)) = (differs, &self.campaign_column) {
            let likely = match likely {
                Some(name) => format!("give the column that tells campaigns apart, such as --column \"campaignId={name}\""),
                None => "if it has several campaigns, give the column that tells them apart with --column campaignId=HEADER; else remove one of the two".to_owned(),
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
        let fall = last_at.0 - at.0;
        if is_half_day(fall) {
            return RowError::unreadable(format!(
                "line {line} is at {}, half a day before line {last_line}: are its hours those of a 12-hour clock? Export them with AM and PM, or up to 24",
                rfc3339(at)
            ));
        }
        let expected = if let (true, CampaignColumn::Present(Some(other))) =
            (differs, &self.campaign_column)
        {
            return RowError::unreadable(format!(
                "lines {last_line} and {line} have the same time, {}, and the same campaignId, {}; if {other:?} tells them apart, give --column \"campaignId={other}\"",
                rfc3339(at),
                self.id(number)
            ));
        } else if is_same && row == last {
            format!("the row{of} at line {last_line} is the same; remove one of the two")
        } else if is_same {
            return RowError::unreadable(format!(
                "lines {last_line} and {line}{of} have the same time, {}, and other values: remove the one that is not right, or export times with their seconds",
                rfc3339(at)
            ));
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

/// The shortest of the steps that were made; 0 where none was.
fn shortest(steps_millis: [i64; 3]) -> i64 {
    let made = steps_millis.into_iter().filter(|step| *step > 0);
    made.min().unwrap_or(0)
}

#[cold]
fn refused(found: Found, line: u64, row: &RowValues) -> Result<(), RowError> {
    match found {
        Found::Poll => Ok(()),
        Found::TotalAt(line, rows) => Err(total_at(line, rows)),
        Found::TotalOf(rows) => {
            let dialed = row
                .poll
                .as_ref()
                .and_then(|poll| poll.traffic.attempts)
                .unwrap_or_default();
            let expected = format!(
                "it is the sum of the {rows} rows with calls before it, as is its totalCallsAnswered: is the row their total?"
            );
            let bad = BadRow::field(
                line,
                Column::CallsDialed.name(),
                dialed.to_string().as_bytes(),
                expected,
            );
            Err(RowError::Bad(Box::new(bad)))
        }
    }
}

fn total_at(line: u64, rows: u64) -> RowError {
    RowError::unreadable(format!(
        "the row at line {line} has the calls of the {rows} rows with calls after it: is it a total of the day? Leave such rows out, this one with sed {line}d FILE | dialpace backtest -"
    ))
}

const DAY_MILLIS: i64 = 86_400_000;
