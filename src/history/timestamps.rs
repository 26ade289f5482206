//! Points in time: RFC 3339, epoch seconds or epoch milliseconds.

use jiff::Timestamp;

use crate::base::units::UnixMillis;

/// Parses timestamps. Rows of one day follow each other, so the date is parsed once a day.
#[derive(Debug, Default)]
pub(super) struct TimestampParser {
    day: Option<Day>,
}

/// The date of the last timestamp.
#[derive(Debug)]
struct Day {
    /// Its text, such as "2026-11-22T".
    text: [u8; 11],
    midnight_millis: i64,
}

impl TimestampParser {
    /// The point in time, cut to milliseconds; `None` where the text is no timestamp.
    pub(super) fn parse(&mut self, text: &[u8]) -> Option<UnixMillis> {
        if let Some(day) = &self.day
            && let Some(time) = text.strip_prefix(&day.text)
            && let Some(millis) = time_of_day(time)
        {
            return Some(UnixMillis(day.midnight_millis + millis));
        }
        let text = str::from_utf8(text).ok()?.trim();
        if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return epoch_millis(text);
        }
        let at: Timestamp = text.parse().ok()?;
        self.day = text.as_bytes().first_chunk().and_then(|date| {
            let midnight = format!("{}00:00:00Z", str::from_utf8(date).ok()?);
            let midnight: Timestamp = midnight.parse().ok()?;
            Some(Day {
                text: *date,
                midnight_millis: midnight.as_millisecond(),
            })
        });
        Some(UnixMillis(at.as_millisecond()))
    }
}

/// Milliseconds since midnight of "15:03:01Z" or "15:03:01.123Z"; `None` for any other form.
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

/// Seconds or milliseconds since 1970, told apart by their size. A number too small to be either,
/// such as the day number 45963.375 of a spreadsheet, is no timestamp.
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

/// March 1973. A smaller number is no timestamp.
const SECONDS_MIN: i64 = 100_000_000;
/// From here on a number counts milliseconds: in seconds it is the year 5138, in milliseconds
/// March 1973.
const SECONDS_MAX: i64 = 100_000_000_000;
/// The end of the year 9999.
const MILLIS_MAX: i64 = 253_402_300_800_000;
