//! Rows in the hour that a clock change repeats, where times have no offset: which of the two it is.

use super::chunk::ParsedRow;
use super::error::RowError;
use super::options::RepeatedHour;
use crate::base::units::UnixMillis;

/// The repeated hours of a file.
#[derive(Debug)]
pub(super) struct RepeatedHours {
    /// What the user says of an hour that is there once.
    said: Option<RepeatedHour>,
    /// The last row in such an hour.
    last: Option<Placed>,
    /// The last one of a second hour.
    second_at: Option<UnixMillis>,
}

/// A row in a repeated hour.
#[derive(Clone, Copy, Debug)]
struct Placed {
    campaign: usize,
    /// Its number in the file.
    row: u64,
    at: UnixMillis,
    is_second: bool,
}

/// Rows of a campaign in a repeated hour, all of them read as of the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Once {
    line: u64,
    at: UnixMillis,
    /// True where another campaign's row of the first hour is right before the last of them.
    is_beside: bool,
}

impl RepeatedHours {
    pub(super) fn new(said: Option<RepeatedHour>) -> Self {
        Self {
            said,
            last: None,
            second_at: None,
        }
    }

    /// Places a row of a campaign whose row before was at `last_at`. The first of the two hours is over
    /// once a row is not later than the one before, or stands right behind another campaign's of the second.
    #[cold]
    pub(super) fn place(
        &mut self,
        campaign: usize,
        once: &mut Option<Once>,
        last_at: Option<UnixMillis>,
        row: &mut ParsedRow,
        (number, line): (u64, u64),
    ) -> Result<(), RowError> {
        let again = i64::from(row.again_millis);
        let was_once = once.take();
        if again == 0 {
            return was_once.map_or(Ok(()), |was| self.end(&was));
        }
        let at = row.values.at;
        let is_beside = |is_second: bool| {
            let shift = if is_second { again } else { 0 };
            self.last.is_some_and(|last| {
                last.campaign != campaign
                    && last.row + 1 == number
                    && last.is_second == is_second
                    && (last.at.0 - at.0 - shift).abs() < again / 2
            })
        };
        let is_over = last_at.is_some_and(|last_at| last_at >= at);
        let is_second = is_over || is_beside(true) || self.said == Some(RepeatedHour::Second);
        if is_second {
            row.values.at.0 += again;
            self.second_at = Some(row.values.at);
        } else if self.said.is_none() {
            let is_beside = is_beside(false);
            *once = Some(Once {
                line,
                at,
                is_beside,
            });
        }
        self.last = Some(Placed {
            campaign,
            row: number,
            at: row.values.at,
            is_second,
        });
        Ok(())
    }

    /// Ends a repeated hour that a campaign has once: another campaign beside it has to tell which it was.
    pub(super) fn end(&self, once: &Once) -> Result<(), RowError> {
        let second = self
            .second_at
            .filter(|at| (at.0 - once.at.0).abs() < NEAR_MILLIS);
        if once.is_beside && second.is_some() {
            return Ok(());
        }
        Err(RowError::unreadable(format!(
            "line {} is in an hour that a clock change repeats, and its campaign has that hour once: give --repeated-hour first, or second where it is the later one",
            once.line
        )))
    }
}

/// Rows of one clock change are nearer to each other.
const NEAR_MILLIS: i64 = 3 * 3_600_000;
