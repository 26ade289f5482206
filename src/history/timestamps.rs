//! Points in time: RFC 3339, epoch seconds or epoch milliseconds.

use jiff::Timestamp;

use crate::base::units::UnixMillis;

/// Reads timestamps. Rows of one day follow each other, so the day is read once.
#[derive(Debug, Default)]
pub(super) struct Timestamps {
    /// "2026-11-22T" and the milliseconds of its midnight.
    day: Option<([u8; 11], i64)>,
}

impl Timestamps {
    /// The point in time, cut to milliseconds, or `None` where the text is none.
    pub(super) fn read(&mut self, text: &[u8]) -> Option<UnixMillis> {
        if let Some((day, midnight)) = &self.day
            && let Some(time) = text.strip_prefix(day)
            && let Some(millis) = time_of_day(time)
        {
            return Some(UnixMillis(midnight + millis));
        }
        let text = str::from_utf8(text).ok()?.trim();
        if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return epoch_millis(text);
        }
        let at: Timestamp = text.parse().ok()?;
        self.day = text.as_bytes().first_chunk().and_then(|day| {
            let midnight = format!("{}00:00:00Z", str::from_utf8(day).ok()?);
            let midnight: Timestamp = midnight.parse().ok()?;
            Some((*day, midnight.as_millisecond()))
        });
        Some(UnixMillis(at.as_millisecond()))
    }
}

/// "15:03:01Z" or "15:03:01.123Z" in milliseconds; `None` for any other form.
fn time_of_day(text: &[u8]) -> Option<i64> {
    let two = |tens: u8, ones: u8, max: i64| {
        let value = digit(tens)? * 10 + digit(ones)?;
        (value <= max).then_some(value)
    };
    let (clock, fraction) = text.split_first_chunk::<8>()?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock else {
        return None;
    };
    let seconds = two(h1, h2, 23)? * 3_600 + two(m1, m2, 59)? * 60 + two(s1, s2, 59)?;
    let millis = match *fraction {
        [b'Z'] => 0,
        [b'.', a, b, c, b'Z'] => digit(a)? * 100 + digit(b)? * 10 + digit(c)?,
        _ => return None,
    };
    Some(seconds * 1_000 + millis)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// Seconds or milliseconds since 1970, told apart by their size; what could be neither is none,
/// such as the 45963.375 of a spreadsheet.
fn epoch_millis(text: &str) -> Option<UnixMillis> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let whole: i64 = whole.parse().ok()?;
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if (SECONDS_MAX..MILLIS_MAX).contains(&whole) {
        return Some(UnixMillis(whole));
    }
    let thousandths = fraction.bytes().chain(*b"000").take(3);
    let millis = thousandths.filter_map(digit).fold(0, |sum, d| sum * 10 + d);
    let is_seconds = (SECONDS_MIN..SECONDS_MAX).contains(&whole);
    is_seconds.then(|| UnixMillis(whole * 1_000 + millis))
}

/// March 1973. A smaller number is something else.
const SECONDS_MIN: i64 = 100_000_000;
/// From here on a number counts milliseconds: as seconds it would be the year 5138, as
/// milliseconds it is March 1973 again.
const SECONDS_MAX: i64 = 100_000_000_000;
/// The end of the year 9999.
const MILLIS_MAX: i64 = 253_402_300_800_000;
