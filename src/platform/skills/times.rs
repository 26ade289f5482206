//! Times of the reports: UTC with a literal `Z`, whole seconds, and the start of an epoch.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::base::units::UnixMillis;

/// A time as the reports want it.
///
/// ```
/// # use dialpace::{base::units::UnixMillis, platform::skills::times::literal_z};
/// assert_eq!(literal_z(UnixMillis(1_772_461_805_900)), "2026-03-02T14:30:05Z");
/// ```
#[must_use]
pub fn literal_z(at: UnixMillis) -> String {
    let whole_second = UnixMillis(at.0.div_euclid(1_000).saturating_mul(1_000));
    let time = Timestamp::from_millisecond(whole_second.0).unwrap_or_default();
    format!("{time:.0}")
}

/// The midnight before `at` in `zone`.
#[must_use]
pub fn midnight_before(at: UnixMillis, zone: &TimeZone) -> UnixMillis {
    let time = Timestamp::from_millisecond(at.0).unwrap_or_default();
    let local = time.to_zoned(zone.clone());
    let midnight = local.start_of_day().map(|midnight| midnight.timestamp());
    let midnight = midnight.unwrap_or_else(|_| time.checked_sub(24.hours()).unwrap_or(time));
    UnixMillis(midnight.as_millisecond())
}

/// The zone with a name of the IANA list, where this machine knows it.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    if name.eq_ignore_ascii_case("utc") {
        return Some(TimeZone::UTC);
    }
    TimeZone::get(name).ok()
}
