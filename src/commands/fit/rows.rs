//! The rows of one campaign, as the estimates need them.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use jiff::tz::TimeZone;

use super::args::FitArgs;
use crate::base::input::InputError;
use crate::base::units::UnixMillis;
use crate::commands::history_file::HistoryFile;
use crate::commands::interrupt::Ended;
use crate::history::{AvailableAgents, HistoryPoll, HistoryRow};
use crate::report::counts::count_of;
use crate::sim::LocalTime;
use crate::sim::fit::{Counts, Observation};

/// The rows of the campaign to fit.
#[derive(Default)]
pub(super) struct CampaignRows {
    pub(super) campaign: String,
    pub(super) rows: VecDeque<Observation>,
    /// Earlier rows that were left out.
    pub(super) left_out: u64,
    /// Polls without the counts of calls.
    without_counts: u64,
    /// The campaigns of the file and their rows, in the order of their first.
    campaigns: Vec<(String, u64)>,
}

impl CampaignRows {
    /// Reads the file. The error of several campaigns names them.
    pub(super) fn read(
        args: &FitArgs,
        file: &mut HistoryFile,
        zone: &TimeZone,
        stop: &AtomicBool,
    ) -> Result<Option<Self>> {
        let mut found = Self::default();
        let wanted = args.campaign.as_deref();
        let ended = file.for_each_row(stop, |row| {
            found.count(row.campaign_id)?;
            let is_first = found
                .campaigns
                .first()
                .is_some_and(|(id, _)| id == row.campaign_id);
            if wanted.map_or(is_first, |wanted| wanted == row.campaign_id) {
                found.add(row, zone);
            }
            Ok(())
        })?;
        if ended == Ended::Interrupted {
            return Ok(None);
        }
        found.choose(wanted, &file.source)?;
        Ok(Some(found))
    }

    fn count(&mut self, id: &str) -> Result<(), InputError> {
        // Rows of one campaign mostly follow each other.
        if let Some((_, rows)) = self.campaigns.iter_mut().find(|(known, _)| known == id) {
            *rows += 1;
            return Ok(());
        }
        if self.campaigns.len() >= CAMPAIGNS_MAX {
            return Err(InputError(format!(
                "it has more than {CAMPAIGNS_MAX} campaigns: is campaignId the right column?"
            )));
        }
        self.campaigns.push((id.to_owned(), 1));
        Ok(())
    }

    fn add(&mut self, row: &HistoryRow, zone: &TimeZone) {
        let counts = row.poll.map(|poll| counts(&poll));
        self.without_counts += u64::from(counts == Some(None));
        self.rows.push_back(Observation {
            at_secs: secs(row.at.0),
            local: local_time(row.at, zone),
            counts: counts.flatten(),
            dial_rate: row.dial_rate,
            ratio: row.ratio,
        });
        let oldest = self.rows.back().map_or(0, |last| last.local.day()) - DAYS_MAX;
        let is_older = |first: &Observation| first.local.day() <= oldest;
        while self.rows.front().is_some_and(is_older) {
            self.rows.pop_front();
            self.left_out += 1;
        }
    }

    fn choose(&mut self, wanted: Option<&str>, source: &str) -> Result<(), InputError> {
        let list = || {
            let each = self.campaigns.iter().take(CAMPAIGNS_LISTED);
            let each = each.map(|(id, rows)| format!("{id} ({})", count_of(*rows, "row")));
            let mut each: Vec<String> = each.collect();
            if self.campaigns.len() > CAMPAIGNS_LISTED {
                each.push("…".to_owned());
            }
            each.join(", ")
        };
        match (wanted, self.campaigns.as_slice()) {
            (Some(wanted), _) if self.rows.is_empty() => {
                return Err(InputError(format!(
                    "{source}: it has no campaign {wanted:?}; it has {}",
                    list()
                )));
            }
            (None, [_, _, ..]) => {
                return Err(InputError(format!(
                    "{source}: it has {} campaigns: {}; choose one with --campaign ID",
                    self.campaigns.len(),
                    list()
                )));
            }
            (Some(wanted), _) => self.campaign = wanted.to_owned(),
            (None, first) => {
                self.campaign = first.first().map_or_else(String::new, |(id, _)| id.clone());
            }
        }
        if self.without_counts > 0 && self.rows.iter().all(|row| row.counts.is_none()) {
            return Err(InputError(format!(
                "{source}: it has no counts of calls, from which a world is fitted; expected the columns totalCallsDialed and totalCallsAnswered (--column NAME=HEADER maps others)"
            )));
        }
        Ok(())
    }
}

/// The counts of a poll; `None` where calls are not counted.
fn counts(poll: &HistoryPoll) -> Option<Counts> {
    let traffic = poll.traffic;
    let attempts = f64::from(traffic.attempts?);
    let by_rate = || Some((poll.answer_rate?.value() * attempts).round());
    let answered = traffic.answered.map(f64::from).or_else(by_rate);
    let answered = answered.or((attempts <= 0.0).then_some(0.0))?;
    Some(Counts {
        attempts,
        answered,
        abandoned: traffic.abandoned.map(f64::from),
        available: match poll.available {
            AvailableAgents::Count(agents) => f64::from(agents),
            AvailableAgents::WindowMean(agents) => agents,
        },
        logged_in: traffic.logged_in.map(f64::from),
    })
}

/// The time on the clock of the zone.
fn local_time(at: UnixMillis, zone: &TimeZone) -> LocalTime {
    let utc = at.0.div_euclid(1_000);
    let offset = jiff::Timestamp::from_second(utc).map_or(0, |timestamp| {
        i64::from(zone.to_offset(timestamp).seconds())
    });
    LocalTime { secs: utc + offset }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 are exact as floats"
)]
fn secs(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}

/// Days that a typical day is taken from: a season. Bounds the memory too.
const DAYS_MAX: i64 = 60;
/// More are another column.
const CAMPAIGNS_MAX: usize = 10_000;
/// Campaigns that an error lists.
const CAMPAIGNS_LISTED: usize = 20;
