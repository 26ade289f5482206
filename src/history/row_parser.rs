//! Text of a row to its values.

use super::chunk::{ParsedRow, Seen};
use super::columns::{Column, Fields};
use super::ids::Ids;
use super::number_form::{is_nothing, is_percentage, trimmed};
use super::numbers::{Numbers, WHOLE_NUMBER, WrongField};
use super::options::{AnswerRates, Decimal};
use super::row::{AvailableAgents, HistoryPoll, RowValues};
use super::timestamps::{TimeRead, TimeRules, TimestampParser};
use crate::pacing::{IntervalRate, Traffic};

/// How the rows of a file are written.
#[derive(Clone, Debug)]
pub(super) struct RowRules {
    pub(super) times: TimeRules,
    pub(super) decimal: Option<Decimal>,
    /// True where the header says that the answer rate is a percentage.
    pub(super) is_percent_header: bool,
    /// What answer rates without a sign are, where that was said.
    pub(super) answer_rates: Option<AnswerRates>,
    /// Texts that stand for no value.
    pub(super) no_values: Vec<String>,
    /// True where totals count since a time that rows share.
    pub(super) has_cumulative_totals: bool,
}

/// Parses rows. It keeps the day of the last row, which the next row often shares.
///
/// Each thread has one and writes to it. Two of them in one cache line cost half of the speed, and where
/// the heap puts them depends on the length of the program's path.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct RowParser {
    timestamps: TimestampParser,
    rules: RowRules,
    joined_time: Vec<u8>,
    has_seen_percent: bool,
    compared: u64,
    contradicted: u64,
}

impl RowParser {
    pub(super) fn new(rules: RowRules) -> Self {
        Self {
            timestamps: TimestampParser::new(rules.times.clone()),
            rules,
            joined_time: Vec::new(),
            has_seen_percent: false,
            compared: 0,
            contradicted: 0,
        }
    }

    /// What was met so far, and the rows that were counted since the last call.
    pub(super) fn seen(&mut self) -> Seen {
        Seen {
            january_1970: self.timestamps.has_seen_1970,
            zone: self.timestamps.has_used_zone,
            percent: self.has_seen_percent,
            compared: std::mem::take(&mut self.compared),
            contradicted: std::mem::take(&mut self.contradicted),
        }
    }

    #[inline]
    pub(super) fn parse(
        &mut self,
        line: u32,
        fields: &Fields,
        ids: &mut Ids,
    ) -> Result<ParsedRow, WrongField> {
        let TimeRead { at, again_millis } = self.time(fields)?;
        let campaign = fields.text(Column::CampaignId).unwrap_or_default();
        let campaign = match ids.expected(campaign) {
            Some(number) => number,
            None if fields.text(Column::CampaignId).is_none() => ids.number_of(""),
            None => ids.number_of(campaign_id(campaign)?),
        };
        let numbers = Numbers {
            fields,
            decimal: self.rules.decimal,
            is_percent_header: self.rules.is_percent_header,
            answer_rates: self.rules.answer_rates,
            no_values: &self.rules.no_values,
        };
        let poll = poll(&numbers, self.rules.has_cumulative_totals)?;
        if let Some(differs) = poll.as_ref().and_then(contradicts_its_totals) {
            self.compared += 1;
            self.contradicted += u64::from(differs);
        }
        if !self.has_seen_percent {
            let rate = fields.text(Column::AnswerRate).unwrap_or_default();
            let may_be = !rate.last().is_some_and(u8::is_ascii_digit);
            self.has_seen_percent = may_be && is_percentage(rate);
        }
        Ok(ParsedRow {
            line,
            campaign: u32::try_from(campaign).unwrap_or(u32::MAX),
            again_millis,
            values: RowValues {
                at,
                poll,
                dial_rate: numbers.whole(Column::DialRate)?,
                ratio: numbers.hundredths(Column::Ratio)?,
            },
        })
    }

    #[inline]
    fn time(&mut self, fields: &Fields) -> Result<TimeRead, WrongField> {
        let date = fields.text(Column::Timestamp).unwrap_or_default();
        let read = match fields.text(Column::TimeOfDay) {
            None => self.timestamps.parse(date),
            Some(time) => {
                self.joined_time.clear();
                self.joined_time.extend_from_slice(date_of(trimmed(date)));
                self.joined_time.push(b' ');
                self.joined_time.extend_from_slice(time_of(trimmed(time)));
                self.timestamps.parse(&self.joined_time)
            }
        };
        read.map_err(|expected| {
            let is_empty = is_nothing(trimmed(date));
            let expected = if is_empty {
                NO_TIME.to_owned()
            } else {
                expected
            };
            WrongField {
                column: Column::Timestamp,
                expected,
            }
        })
    }
}

/// The date of a cell that a spreadsheet or database shows with a midnight.
fn date_of(text: &[u8]) -> &[u8] {
    let mut parts = text.splitn(2, |byte| matches!(byte, b' ' | b'T'));
    match (parts.next(), parts.next()) {
        (Some(date), Some(time))
            if !time.is_empty() && time.iter().all(|it| b"0:.Z".contains(it)) =>
        {
            date
        }
        _ => text,
    }
}

/// The time of day of a cell that a spreadsheet shows with its first day.
fn time_of(text: &[u8]) -> &[u8] {
    let place = FIRST_DAYS
        .iter()
        .find_map(|day| memchr::memmem::find(text, day));
    let blank = place.and_then(|_| text.iter().position(|byte| matches!(byte, b' ' | b'T')));
    blank
        .and_then(|blank| text.get(blank + 1..))
        .unwrap_or(text)
}

fn campaign_id(text: &[u8]) -> Result<&str, WrongField> {
    let is_usable = |id: &&str| {
        (1..=CAMPAIGN_ID_BYTES_MAX).contains(&id.len())
            && !id.bytes().any(|byte| byte.is_ascii_control())
            && !is_nothing(id.as_bytes())
    };
    let text = str::from_utf8(trimmed(text)).ok();
    text.filter(is_usable)
        .ok_or_else(|| WrongField::new(Column::CampaignId, CAMPAIGN_ID))
}

/// The metrics of the row; `None` where it has none.
#[inline]
fn poll(numbers: &Numbers, is_cumulative: bool) -> Result<Option<HistoryPoll>, WrongField> {
    let calls = calls(numbers, is_cumulative)?;
    let available = available_agents(numbers)?;
    let traffic = Traffic {
        attempts: calls.dialed,
        answered: calls.answered,
        abandoned: numbers.whole(Column::CallsAbandoned)?,
        logged_in: logged_in(numbers)?,
        busy: None,
    };
    let answer_rate = match (available, calls.answer_rate) {
        (Some(_), IntervalRate::Known(rate)) => Some(rate),
        // An audit record has no answer rate where no attempt ended.
        (Some(_), IntervalRate::Quiet)
        | (Some(AvailableAgents::WindowMean(_)), IntervalRate::Absent) => None,
        // The record of a skill has none at its first poll.
        (Some(AvailableAgents::Count(_)), IntervalRate::Absent)
            if numbers.fields.text(Column::Ratio).is_some() =>
        {
            None
        }
        (Some(AvailableAgents::Count(_)), IntervalRate::Absent) => {
            return Err(WrongField::new(Column::AnswerRate, NO_ANSWER_RATE));
        }
        (None, IntervalRate::Absent) => return Ok(None),
        (None, _) => return Err(WrongField::new(Column::AvailableAgents, WHOLE_NUMBER)),
    };
    Ok(available.map(|available| HistoryPoll {
        available,
        answer_rate,
        traffic,
    }))
}

/// True where the answer rate is another than that of the totals; `None` where there is too little to
/// compare.
#[inline]
fn contradicts_its_totals(poll: &HistoryPoll) -> Option<bool> {
    let Traffic {
        attempts: Some(attempts),
        answered: Some(answered),
        ..
    } = poll.traffic
    else {
        return None;
    };
    let rate = poll
        .answer_rate
        .filter(|_| attempts >= COMPARED_ATTEMPTS_MIN)?;
    let (attempts, answered) = (f64::from(attempts), f64::from(answered));
    Some((rate.value() * attempts - answered).abs() > RATE_DIFFERENCE * attempts)
}

/// Calls of the row's interval.
struct IntervalCalls {
    dialed: Option<u32>,
    answered: Option<u32>,
    answer_rate: IntervalRate,
}

#[inline]
fn calls(numbers: &Numbers, is_cumulative: bool) -> Result<IntervalCalls, WrongField> {
    let dialed = numbers.whole(Column::CallsDialed)?;
    let answered = numbers.whole(Column::CallsAnswered)?;
    // A rate of cumulative totals is not that of the interval.
    let rate = if is_cumulative {
        None
    } else {
        numbers.share(Column::AnswerRate)?
    };
    let Some(answer_rate) = IntervalRate::of(rate, dialed, answered) else {
        let dialed = dialed.unwrap_or_default();
        let expected = format!("expected no more than the {dialed} calls dialed");
        return Err(WrongField::new(Column::CallsAnswered, &expected));
    };
    match (answer_rate, dialed, answered) {
        (IntervalRate::Absent, Some(_), _) => {
            Err(WrongField::new(Column::CallsAnswered, WHOLE_NUMBER))
        }
        (IntervalRate::Absent, None, Some(_)) => {
            Err(WrongField::new(Column::CallsDialed, WHOLE_NUMBER))
        }
        _ => Ok(IntervalCalls {
            dialed,
            answered,
            answer_rate,
        }),
    }
}

/// The count where the file has that column, else the mean.
#[inline]
fn available_agents(numbers: &Numbers) -> Result<Option<AvailableAgents>, WrongField> {
    if numbers.fields.text(Column::AvailableAgents).is_some() {
        let count = numbers.whole(Column::AvailableAgents)?;
        return Ok(count.map(AvailableAgents::Count));
    }
    let mean = numbers.mean(Column::AvailabilityMean)?;
    Ok(mean.map(AvailableAgents::WindowMean))
}

/// Agents logged in and not on a break.
#[inline]
fn logged_in(numbers: &Numbers) -> Result<Option<u32>, WrongField> {
    if numbers.fields.text(Column::LoggedInAgents).is_some() {
        return numbers.whole(Column::LoggedInAgents);
    }
    if numbers.fields.text(Column::AgentsUnavailable).is_none() {
        return Ok(None);
    }
    let all = numbers.whole(Column::AgentsLoggedIn)?;
    let unavailable = numbers.whole(Column::AgentsUnavailable)?;
    let (Some(all), Some(unavailable)) = (all, unavailable) else {
        return Ok(None);
    };
    match all.checked_sub(unavailable) {
        Some(staffed) => Ok(Some(staffed)),
        None => Err(WrongField::new(
            Column::AgentsUnavailable,
            &format!("expected no more than the {all} agents logged in"),
        )),
    }
}

const CAMPAIGN_ID: &str = "expected an id in UTF-8 of 1 to 200 bytes, without control characters";
/// Years of the days 0 and 1 of a spreadsheet.
const FIRST_DAYS: [&[u8]; 2] = [b"1899", b"1900"];
const NO_TIME: &str = "expected a time; where the cells of a table were merged, fill them down";
const NO_ANSWER_RATE: &str =
    "expected a share from 0 to 1, or values in totalCallsDialed and totalCallsAnswered";
const CAMPAIGN_ID_BYTES_MAX: usize = 200;
/// Attempts of a row whose answer rate is compared with its totals: below, rounding is a difference.
const COMPARED_ATTEMPTS_MIN: u32 = 20;
/// A difference that rounding to whole per cents does not make.
const RATE_DIFFERENCE: f64 = 0.05;
