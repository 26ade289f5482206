//! Text of a row to its values.

use super::columns::{Column, Fields};
use super::numbers::{WHOLE_NUMBER, WrongField, mean, share, whole_number};
use super::row::{AvailableAgents, HistoryPoll, HistoryRow};
use super::timestamps::TimestampParser;
use crate::pacing::{IntervalRate, Traffic};

/// Parses rows. It keeps the day and the campaign of the last row, which the next row often shares.
#[derive(Debug, Default)]
pub(super) struct RowParser {
    timestamps: TimestampParser,
    campaign_id: String,
}

impl RowParser {
    pub(super) fn parse(
        &mut self,
        line: u64,
        fields: &Fields,
    ) -> Result<HistoryRow<'_>, WrongField> {
        let text = fields[Column::Timestamp].unwrap_or_default();
        let at = self.timestamps.parse(text);
        let at = at.ok_or_else(|| WrongField::new(Column::Timestamp, TIMESTAMP))?;
        if let Some(id) = fields[Column::CampaignId]
            && (id.is_empty() || id != self.campaign_id.as_bytes())
        {
            self.campaign_id.clear();
            self.campaign_id.push_str(campaign_id(id)?);
        }
        Ok(HistoryRow {
            line,
            campaign: 0,
            campaign_id: &self.campaign_id,
            at,
            poll: poll(fields)?,
            dial_rate: whole_number(fields, Column::DialRate)?,
        })
    }
}

fn campaign_id(text: &[u8]) -> Result<&str, WrongField> {
    let is_usable = |id: &&str| {
        (1..=CAMPAIGN_ID_BYTES_MAX).contains(&id.len())
            && !id.bytes().any(|byte| byte.is_ascii_control())
    };
    let text = str::from_utf8(text).ok().map(str::trim);
    text.filter(is_usable)
        .ok_or_else(|| WrongField::new(Column::CampaignId, CAMPAIGN_ID))
}

/// The metrics of the row; `None` where it has none.
fn poll(fields: &Fields) -> Result<Option<HistoryPoll>, WrongField> {
    let calls = calls(fields)?;
    let available = available_agents(fields)?;
    let traffic = Traffic {
        attempts: calls.dialed,
        answered: calls.answered,
        abandoned: whole_number(fields, Column::CallsAbandoned)?,
        logged_in: whole_number(fields, Column::LoggedInAgents)?,
        busy: None,
    };
    let answer_rate = match (available, calls.answer_rate) {
        (Some(_), IntervalRate::Known(rate)) => Some(rate),
        // An audit record has no answer rate where no attempt ended.
        (Some(_), IntervalRate::Quiet)
        | (Some(AvailableAgents::WindowMean(_)), IntervalRate::Absent) => None,
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

/// Calls of the row's interval.
struct IntervalCalls {
    dialed: Option<u32>,
    answered: Option<u32>,
    answer_rate: IntervalRate,
}

fn calls(fields: &Fields) -> Result<IntervalCalls, WrongField> {
    let dialed = whole_number(fields, Column::CallsDialed)?;
    let answered = whole_number(fields, Column::CallsAnswered)?;
    let rate = share(fields, Column::AnswerRate)?;
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
fn available_agents(fields: &Fields) -> Result<Option<AvailableAgents>, WrongField> {
    if fields[Column::AvailableAgents].is_some() {
        let count = whole_number(fields, Column::AvailableAgents)?;
        return Ok(count.map(AvailableAgents::Count));
    }
    let mean = mean(fields, Column::AvailabilityMean)?;
    Ok(mean.map(AvailableAgents::WindowMean))
}

const TIMESTAMP: &str = "expected RFC 3339 with an offset, such as 2026-11-22T15:03:00Z, or seconds or milliseconds since 1970, of March 1973 or later";
const CAMPAIGN_ID: &str = "expected an id in UTF-8 of 1 to 200 bytes, without control characters";
const NO_ANSWER_RATE: &str =
    "expected a share from 0 to 1, or values in totalCallsDialed and totalCallsAnswered";
const CAMPAIGN_ID_BYTES_MAX: usize = 200;
