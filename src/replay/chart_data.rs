//! Figures for the charts of a report, in memory that does not grow with the rows.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::downsampled::DownsampledSeries;
use crate::base::units::UnixMillis;
use crate::history::HistoryRow;
use crate::pacing::Decision;

/// Figures for the charts of one pacer.
#[derive(Debug, Default)]
pub struct ChartData {
    rates: Vec<RateSeries>,
    week: Vec<HourOfWeek>,
    /// Last row of each campaign.
    last_rows: Vec<LastRow>,
    hours: LocalHours,
}

/// Dial rates of one campaign over time, calls per minute.
#[derive(Debug, Default)]
pub struct RateSeries {
    /// Dial rates decided.
    pub decided: DownsampledSeries,
    /// Dial rates in history.
    pub history: DownsampledSeries,
}

/// One hour of one weekday, over all weeks and campaigns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HourOfWeek {
    /// Sum of answer rate − SLA threshold.
    pub deviation_sum: f64,
    /// Rows with an answer rate.
    pub with_answer_rate: u32,
    /// Of these, rows with the answer rate outside the band.
    pub outside_band: u32,
    /// Changes of the dial rate decided.
    pub changes: u32,
    /// Changes of history's dial rate.
    pub history_changes: u32,
    /// Hours of history that are added up here, counted for each campaign.
    pub hours: u32,
}

/// Values of a row that the next row of its campaign is compared with.
#[derive(Clone, Copy, Debug, Default)]
struct LastRow {
    /// Hours since 1970, in the zone.
    hour: Option<i64>,
    history_rate: Option<u32>,
}

impl ChartData {
    /// Figures with the hours of the day in `zone`.
    #[must_use]
    pub fn in_zone(zone: TimeZone) -> Self {
        Self {
            hours: LocalHours {
                zone: Some(zone),
                ..LocalHours::default()
            },
            ..Self::default()
        }
    }

    /// Adds the decision on a row.
    pub fn add(&mut self, row: &HistoryRow, decision: &Decision) {
        let campaign = row.campaign;
        if campaign >= self.last_rows.len() {
            self.last_rows.resize(campaign + 1, LastRow::default());
            self.rates
                .resize_with((campaign + 1).min(SERIES_MAX), RateSeries::default);
            self.week.resize(WEEK_HOURS, HourOfWeek::default());
        }
        if let Some(rates) = self.rates.get_mut(campaign) {
            rates.decided.add(row.at, decision.dial_rate());
            if let Some(history_rate) = row.steps(decision.unit) {
                rates.history.add(row.at, history_rate);
            }
        }
        // A row is the end of its interval, so one at 20:00 belongs to the hour before.
        let hour = self.hours.of(UnixMillis(row.at.0.saturating_sub(1)));
        let (Some(last), Some(of_week)) = (
            self.last_rows.get_mut(campaign),
            self.week.get_mut(hour_of_week(hour)),
        ) else {
            return;
        };
        of_week.add(last, hour, row, decision);
        last.hour = Some(hour);
        last.history_rate = row.steps(decision.unit).or(last.history_rate);
    }

    /// Dial rates of the first campaigns, in the order of the campaigns.
    #[must_use]
    pub fn rates(&self) -> &[RateSeries] {
        &self.rates
    }

    /// The clock of the zone at a point in time, milliseconds from 1970-01-01T00:00 of that clock.
    #[must_use]
    pub fn local_millis(&self, at: UnixMillis) -> i64 {
        at.0.saturating_add(self.hours.offset_millis(at))
    }

    /// The hours of the week in the zone, the first after Monday midnight.
    #[must_use]
    pub fn week(&self) -> &[HourOfWeek] {
        &self.week
    }
}

impl HourOfWeek {
    fn add(&mut self, last: &LastRow, hour: i64, row: &HistoryRow, decision: &Decision) {
        if let (Some(deviation), Some(is_outside)) =
            (decision.evidence.deviation, decision.is_outside_band())
        {
            self.deviation_sum += deviation;
            self.with_answer_rate += 1;
            self.outside_band += u32::from(is_outside);
        }
        self.hours += u32::from(last.hour != Some(hour));
        self.changes += u32::from(decision.dial_rate() != decision.previous_dial_rate());
        let history_rate = row.steps(decision.unit);
        let is_change = matches!((last.history_rate, history_rate), (Some(a), Some(b)) if a != b);
        self.history_changes += u32::from(is_change);
    }
}

/// The hour of the week, from Monday midnight, of an hour since 1970, which began on a Thursday.
fn hour_of_week(hour: i64) -> usize {
    usize::try_from((hour + 3 * 24).rem_euclid(7 * 24)).unwrap_or(0)
}

/// Hours since 1970 as the clocks of a zone show them.
#[derive(Debug, Default)]
struct LocalHours {
    /// `None` for UTC.
    zone: Option<TimeZone>,
    /// The last quarter of an hour, counted from 1970, and the offset in it. Clocks change at such
    /// quarters at the finest.
    quarter: Option<i64>,
    last_offset_millis: i64,
}

impl LocalHours {
    fn of(&mut self, at: UnixMillis) -> i64 {
        let quarter = at.0.div_euclid(QUARTER_MILLIS);
        if self.quarter != Some(quarter) {
            self.last_offset_millis = self.offset_millis(at);
            self.quarter = Some(quarter);
        }
        at.0.saturating_add(self.last_offset_millis)
            .div_euclid(HOUR_MILLIS)
    }

    /// The clock less UTC.
    fn offset_millis(&self, at: UnixMillis) -> i64 {
        let time = Timestamp::from_millisecond(at.0).unwrap_or_default();
        let zone = self.zone.as_ref();
        zone.map_or(0, |zone| i64::from(zone.to_offset(time).seconds()) * 1_000)
    }
}

/// Campaigns whose dial rates are kept: more charts than this nobody scrolls through.
const SERIES_MAX: usize = 12;
const HOUR_MILLIS: i64 = 3_600_000;
const QUARTER_MILLIS: i64 = 900_000;
const WEEK_HOURS: usize = 7 * 24;
