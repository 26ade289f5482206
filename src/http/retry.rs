//! Retries: their number, the wait before each, and `Retry-After`.

use std::time::Duration;

use jiff::fmt::rfc2822;

use crate::base::units::UnixMillis;

/// Number of retries, and the unit of their waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Tries after the first.
    pub retries: u32,
    /// The wait before the first one.
    pub wait: Duration,
    /// How the waits grow.
    pub growth: Growth,
}

/// How the waits before retries grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Growth {
    /// 1, 1, 2, 3, 5, 8, 13, … times the first.
    #[default]
    Fibonacci,
    /// Each is three times the one before.
    Threefold,
}

impl Retry {
    /// The retries of calls about a skill: after 2 s and after 6 s. A tenant's 429 often comes
    /// without a `Retry-After`, and this is what clients in use wait then.
    #[must_use]
    pub fn on_skills() -> Self {
        Self {
            retries: 2,
            wait: Duration::from_secs(2),
            growth: Growth::Threefold,
        }
    }

    /// The wait before retry number `retry`, counted from 1.
    ///
    /// ```
    /// # use dialpace::http::Retry;
    /// # use std::time::Duration;
    /// let retry = Retry::default();
    /// let waits: Vec<u64> = (1..=7).map(|n| retry.back_off(n).as_secs()).collect();
    /// assert_eq!(waits, [1, 1, 2, 3, 5, 8, 13]);
    /// let waits = [1, 2].map(|n| Retry::on_skills().back_off(n).as_secs());
    /// assert_eq!(waits, [2, 6]);
    /// ```
    #[must_use]
    pub fn back_off(&self, retry: u32) -> Duration {
        let (mut units, mut next) = (1_u32, 1_u32);
        for _ in 1..retry {
            (units, next) = match self.growth {
                Growth::Fibonacci => (next, units.saturating_add(next)),
                Growth::Threefold => (units.saturating_mul(3), next),
            };
        }
        self.wait.saturating_mul(units)
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            retries: 5,
            wait: Duration::from_secs(1),
            growth: Growth::Fibonacci,
        }
    }
}

/// The wait that a `Retry-After` header asks for: seconds, or an HTTP date. `None` for anything
/// else, which is ignored; zero for a date that has passed.
///
/// ```
/// # use dialpace::{base::units::UnixMillis, http::retry_after};
/// # use std::time::Duration;
/// let now = UnixMillis(784_111_775_000); // 1994-11-06T08:49:35Z
/// assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
/// assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(2)));
/// assert_eq!(retry_after("soon", now), None);
/// ```
#[must_use]
pub fn retry_after(header: &str, now: UnixMillis) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number with more digits than fit is a very large number of seconds.
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let at = rfc2822::parse(header).ok()?.timestamp().as_millisecond();
    Some(if at > now.0 {
        UnixMillis(at).distance(now)
    } else {
        Duration::ZERO
    })
}

/// Earliest time of the next call after an answer asked for a pause: at most five minutes away, so
/// that an absurd value cannot stop the pacing.
#[must_use]
pub fn bounded_retry_at(retry_at: UnixMillis, now: UnixMillis) -> UnixMillis {
    retry_at.min(now.plus(QUIET_MAX))
}

/// Longest pause that an answer can impose on later cycles: shorter than the default age at which
/// samples are dropped, 360 s, so that one odd header does not lead to the safe rate.
const QUIET_MAX: Duration = Duration::from_secs(300);
