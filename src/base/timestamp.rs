//! Points in time as text.

use jiff::Timestamp;

use super::units::UnixMillis;

/// A point in time in RFC 3339, UTC, with milliseconds: the format of records and reports.
///
/// ```
/// # use dialpace::base::{timestamp::rfc3339, units::UnixMillis};
/// assert_eq!(rfc3339(UnixMillis(1_795_359_781_123)), "2026-11-22T15:03:01.123Z");
/// ```
#[must_use]
pub fn rfc3339(at: UnixMillis) -> String {
    let timestamp = Timestamp::from_millisecond(at.0).unwrap_or(if at.0 < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    });
    format!("{timestamp:.3}")
}

/// A point in time to the second, without punctuation, for file names.
///
/// ```
/// # use dialpace::base::{timestamp::file_stamp, units::UnixMillis};
/// assert_eq!(file_stamp(UnixMillis(1_795_359_781_123)), "20261122T150301Z");
/// ```
#[must_use]
pub fn file_stamp(at: UnixMillis) -> String {
    let text = rfc3339(at);
    let seconds = text.split('.').next().unwrap_or(&text);
    seconds
        .chars()
        .filter(|c| !"-:".contains(*c))
        .chain(['Z'])
        .collect()
}

/// Writes points in time as [`rfc3339`] does, and formats the date once for all of one day.
#[derive(Debug, Default)]
pub struct Stamps {
    /// Days since 1970, and "2026-11-22T".
    day: Option<(i64, String)>,
}

impl Stamps {
    /// Adds `at` to `out`.
    pub fn write(&mut self, at: UnixMillis, out: &mut Vec<u8>) {
        let day = at.0.div_euclid(DAY_MILLIS);
        if self.day.as_ref().is_none_or(|(known, _)| *known != day) {
            let text = rfc3339(UnixMillis(day.saturating_mul(DAY_MILLIS)));
            let date = text.split_inclusive('T').next().unwrap_or_default();
            self.day = Some((day, date.to_owned()));
        }
        if let Some((_, date)) = &self.day {
            out.extend_from_slice(date.as_bytes());
        }
        let millis = at.0.rem_euclid(DAY_MILLIS);
        let digit =
            |unit: i64, base: i64| b'0' + u8::try_from(millis / unit % base).unwrap_or_default();
        out.extend_from_slice(&[
            digit(36_000_000, 10),
            digit(3_600_000, 10),
            b':',
            digit(600_000, 6),
            digit(60_000, 10),
            b':',
            digit(10_000, 6),
            digit(1_000, 10),
            b'.',
            digit(100, 10),
            digit(10, 10),
            digit(1, 10),
            b'Z',
        ]);
    }
}

const DAY_MILLIS: i64 = 86_400_000;
