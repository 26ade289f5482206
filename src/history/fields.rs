//! From the text of a row to its values.

use super::columns::{Column, Fields};
use super::timestamps::Timestamps;
use super::{Available, Poll, Row};
use crate::pacing::{Ratio, Traffic};

/// What is wrong with a row, and in which column.
pub(super) struct Fault {
    pub(super) column: Column,
    pub(super) expected: String,
}

/// What one row tells of the next, since both are likely to be alike.
#[derive(Debug, Default)]
pub(super) struct Known {
    timestamps: Timestamps,
    campaign_id: String,
}

pub(super) fn row<'a>(line: u64, fields: &Fields, known: &'a mut Known) -> Result<Row<'a>, Fault> {
    let text = fields.get(Column::Timestamp).unwrap_or_default();
    let at = known.timestamps.read(text);
    let at = at.ok_or_else(|| fault(Column::Timestamp, TIMESTAMP))?;
    if let Some(id) = fields.get(Column::CampaignId)
        && (id.is_empty() || id != known.campaign_id.as_bytes())
    {
        known.campaign_id.clear();
        known.campaign_id.push_str(campaign_id(id)?);
    }
    Ok(Row {
        line,
        campaign_id: &known.campaign_id,
        at,
        poll: poll(fields)?,
        dial_rate: count(fields, Column::DialRate)?,
    })
}

fn campaign_id(id: &[u8]) -> Result<&str, Fault> {
    let usable = |id: &&str| {
        (1..=CAMPAIGN_ID_MAX).contains(&id.len()) && !id.bytes().any(|byte| byte.is_ascii_control())
    };
    str::from_utf8(id)
        .ok()
        .map(str::trim)
        .filter(usable)
        .ok_or_else(|| fault(Column::CampaignId, CAMPAIGN_ID))
}

/// What the poll saw; `None` where the row holds nothing of it.
fn poll(fields: &Fields) -> Result<Option<Poll>, Fault> {
    let (answer_rate, attempts, answered) = answer_rate(fields)?;
    let available = available(fields)?;
    let traffic = Traffic {
        attempts,
        answered,
        abandoned: count(fields, Column::CallsAbandoned)?,
        logged_in: count(fields, Column::LoggedInAgents)?,
    };
    match (available, answer_rate) {
        (Some(available), Answers::Rate(rate)) => Ok(Some(Poll {
            available,
            answer_rate: Some(rate),
            traffic,
        })),
        // An audit record has no answer rate where no attempt ended.
        (Some(available), Answers::NoAttempt)
        | (Some(available @ Available::Mean(_)), Answers::Nothing) => Ok(Some(Poll {
            available,
            answer_rate: None,
            traffic,
        })),
        (Some(Available::Agents(_)), Answers::Nothing) => {
            Err(fault(Column::AnswerRate, NO_ANSWER_RATE))
        }
        (None, Answers::Nothing) => Ok(None),
        (None, _) => Err(fault(Column::AvailableAgents, COUNT)),
    }
}

/// What a row says of the calls of its interval.
enum Answers {
    Rate(Ratio),
    NoAttempt,
    Nothing,
}

/// The answer rate, and the counts of attempts and answers.
fn answer_rate(fields: &Fields) -> Result<(Answers, Option<u32>, Option<u32>), Fault> {
    let dialed = count(fields, Column::CallsDialed)?;
    let answered = count(fields, Column::CallsAnswered)?;
    if let (Some(dialed), Some(answered)) = (dialed, answered)
        && answered > dialed
    {
        let expected = format!("expected no more than the {dialed} calls dialed");
        return Err(fault(Column::CallsAnswered, &expected));
    }
    if let Some(rate) = share(fields, Column::AnswerRate)? {
        return Ok((Answers::Rate(rate), dialed, answered));
    }
    let answers = match (dialed, answered) {
        (Some(0), _) => Answers::NoAttempt,
        (Some(dialed), Some(answered)) => {
            let rate = Ratio::new(f64::from(answered) / f64::from(dialed));
            rate.map_or(Answers::NoAttempt, Answers::Rate)
        }
        (Some(_), None) => return Err(fault(Column::CallsAnswered, COUNT)),
        (None, Some(_)) => return Err(fault(Column::CallsDialed, COUNT)),
        (None, None) => Answers::Nothing,
    };
    Ok((answers, dialed, answered))
}

fn available(fields: &Fields) -> Result<Option<Available>, Fault> {
    if fields.get(Column::AvailableAgents).is_some() {
        return Ok(count(fields, Column::AvailableAgents)?.map(Available::Agents));
    }
    let Some(number) = number(fields, Column::AvailabilityMean, MEAN)? else {
        return Ok(None);
    };
    if (0.0..=f64::from(u32::MAX)).contains(&number) {
        Ok(Some(Available::Mean(number)))
    } else {
        Err(fault(Column::AvailabilityMean, MEAN))
    }
}

/// A whole number of at least 0.
#[inline]
fn count(fields: &Fields, column: Column) -> Result<Option<u32>, Fault> {
    match fields.get(column) {
        None | Some(b"") => Ok(None),
        Some(text) => match short_count(text) {
            Some(count) => Ok(Some(count)),
            None => long_count(fields, column),
        },
    }
}

/// A whole number in any form, also as spreadsheets write it, "34.0".
#[cold]
fn long_count(fields: &Fields, column: Column) -> Result<Option<u32>, Fault> {
    let Some(number) = number(fields, column, COUNT)? else {
        return Ok(None);
    };
    if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and in range, by the line above"
        )]
        let count = number as u32;
        return Ok(Some(count));
    }
    Err(fault(column, COUNT))
}

/// Up to nine digits and nothing else: what nearly every field is that is not empty.
#[inline]
fn short_count(text: &[u8]) -> Option<u32> {
    if text.len() > 9 {
        return None;
    }
    let mut count = 0;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        count = count * 10 + u32::from(digit);
    }
    Some(count)
}

fn share(fields: &Fields, column: Column) -> Result<Option<Ratio>, Fault> {
    let Some(number) = number(fields, column, SHARE)? else {
        return Ok(None);
    };
    match Ratio::new(number) {
        Some(share) => Ok(Some(share)),
        None if number > 1.0 && number <= 100.0 => Err(fault(
            column,
            &format!("{SHARE} (a percentage? divide by 100)"),
        )),
        None => Err(fault(column, SHARE)),
    }
}

/// A finite number; `None` where there is no value.
fn number(fields: &Fields, column: Column, expected: &str) -> Result<Option<f64>, Fault> {
    let text = fields.get(column).unwrap_or_default().trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    match fast_float2::parse::<f64, _>(text) {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(fault(column, expected)),
    }
}

fn fault(column: Column, expected: &str) -> Fault {
    Fault {
        column,
        expected: expected.to_owned(),
    }
}

const TIMESTAMP: &str = "expected RFC 3339 with an offset, such as 2026-11-22T15:03:00Z, or seconds or milliseconds since 1970, of March 1973 or later";
const CAMPAIGN_ID: &str = "expected an id in UTF-8 of 1 to 200 bytes, without control characters";
const COUNT: &str = "expected a whole number of at least 0";
const SHARE: &str = "expected a share from 0 to 1, such as 0.75";
const MEAN: &str = "expected a mean number of agents, at least 0";
const NO_ANSWER_RATE: &str = "expected a share from 0 to 1, or both totals";
/// Bytes.
const CAMPAIGN_ID_MAX: usize = 200;
