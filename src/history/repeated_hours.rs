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
    /// The last row of the file, of whatever campaign.
    latest: UnixMillis,
    /// True while no row was before the one before it, of whatever campaign.
    is_in_order: bool,
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
    /// True where other campaigns tell that the last of them is of the first hour: its row is right behind
    /// another's, or all rows are in the order of time.
    is_told: bool,
}

/// The row of a campaign before one in a repeated hour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    pub(super) at: UnixMillis,
    /// The shortest of the last steps in time.
    pub(super) step_millis: i64,
}

impl RepeatedHours {
    pub(super) fn new(said: Option<RepeatedHour>) -> Self {
        Self {
            said,
            last: None,
            second_at: None,
            latest: UnixMillis(i64::MIN),
            is_in_order: true,
        }
    }

    /// Takes a row outside of such hours.
    #[inline]
    pub(super) fn pass(&mut self, at: UnixMillis) {
        self.is_in_order &= at >= self.latest;
        self.latest = at;
    }

    /// Places a row of a campaign. The first of the two hours is over once a row is not later than the one
    /// before, or so soon after it that the steps before tell; once a row stands right behind another campaign's of the second;
    /// and once one goes back in a file whose rows are all in the order of time.
    #[cold]
    pub(super) fn place(
        &mut self,
        campaign: usize,
        once: &mut Option<Once>,
        before: Option<Before>,
        row: &mut ParsedRow,
        (number, line): (u64, u64),
    ) -> Result<(), RowError> {
        let again = i64::from(row.again_millis);
        let was_once = once.take();
        if again == 0 {
            return was_once.map_or(Ok(()), |was| self.end(&was));
        }
        let at = row.values.at;
        self.is_in_order &= at.0 + again >= self.latest.0;
        let is_beside = |is_second: bool| {
            let shift = if is_second { again } else { 0 };
            self.last.is_some_and(|last| {
                last.campaign != campaign
                    && last.row + 1 == number
                    && last.is_second == is_second
                    && (last.at.0 - at.0 - shift).abs() < again / 2
            })
        };
        let is_over = before.is_some_and(|before| {
            let step = at.0 - before.at.0;
            let away = |step: i64| (step - before.step_millis).abs();
            // Of rows an hour apart, one soon after another is of the second hour.
            step <= 0 || was_once.is_some() && 2 * away(step + again) < away(step)
        });
        let goes_back = self.is_in_order
            && self.last.is_some_and(|last| {
                let is_near = (last.at.0 - at.0).abs() < NEAR_MILLIS;
                is_near && (last.is_second || last.at > at)
            });
        let is_said = self.said == Some(RepeatedHour::Second);
        let is_second = is_over || is_beside(true) || goes_back || is_said;
        if is_second {
            row.values.at.0 += again;
            self.second_at = Some(row.values.at);
        } else if self.said.is_none() {
            *once = Some(Once {
                line,
                at,
                is_told: is_beside(false) || self.is_in_order,
            });
        }
        self.pass(row.values.at);
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
        if once.is_told && second.is_some() {
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
