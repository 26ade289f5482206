//! The arguments of every command that reads exported history, and their help.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::numbers::{at_least, whole};
use crate::base::clock::{Clock as _, SystemClock};
use crate::base::input::InputError;
use crate::config::{self, Layers};
use crate::history::{
    AnswerRates, ColumnNames, Decimal, ReadingOptions, RepeatedHour, TimeFormat, Totals,
};

/// The file of history, and how it is read.
#[derive(Debug, Args)]
pub struct ReadingArgs {
    /// CSV with a header, NDJSON, or a JSON array; - is stdin
    ///
    /// NDJSON such as the warehouse file or the lines of --json has one object in each line. What can
    /// mean one thing only is found in the file and told; what could mean two is refused, with the
    /// option that decides.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Name that the file gives to a column
    ///
    /// Columns are timestamp, campaignId, totalCallsDialed, totalCallsAnswered, answerRate,
    /// availableAgents, dialRate, ratio, agentAvailabilityAvg, and for policy predictive
    /// totalCallsAbandoned and loggedInAgents. May be given several times. timestamp=DATE+TIME joins
    /// two columns; \+ is a plus in a name. NAME=#2 is the second column, and NAME= leaves it unread.
    #[arg(long, value_name = "NAME=HEADER")]
    pub column: Vec<String>,
    /// Between two columns: auto, tab, or a sign such as ;
    #[arg(long, value_name = "CHAR", value_parser = delimiter, default_value = "auto", hide_short_help = true)]
    pub delimiter: Delimiter,
    /// Time zone of times without an offset, if not --time-zone
    #[arg(long, value_name = "AREA/CITY", hide_short_help = true)]
    pub input_time_zone: Option<String>,
    /// Form of times, such as "%d.%m.%Y %H:%M:%S"
    ///
    /// As in strptime; %Z is an abbreviation such as CEST, of the zone of --time-zone. excel is the day
    /// numbers of a spreadsheet. Without it, times that begin with the year and numbers that count from
    /// 1970 are read.
    #[arg(long, value_name = "STRPTIME")]
    pub time_format: Option<String>,
    /// Names of the columns of a file without a header
    ///
    /// All of them in their order, with a comma between; those of other names than columns have are not read.
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        hide_short_help = true
    )]
    pub header: Option<Vec<String>>,
    /// Lines above the header
    #[arg(long, value_name = "N", hide_short_help = true, value_parser = at_least(0))]
    pub skip_lines: Option<u64>,
    /// Decimal sign of numbers: . or ,
    ///
    /// Without it, it is found where a number has one form only.
    #[arg(long, value_name = "SIGN", value_parser = decimal, hide_short_help = true)]
    pub decimal: Option<Decimal>,
    /// Answer rates without a % sign are a share, or percent
    ///
    /// With percent, 31.2 is 0.312. Without it they are shares, under a header that says per cent they are refused.
    #[arg(long, value_name = "WHAT", value_parser = answer_rates, hide_short_help = true)]
    pub answer_rates: Option<AnswerRates>,
    /// Text that stands for no value, such as -1 or "no data"
    ///
    /// Besides an empty field, NULL, N/A, NaN, - and the errors of a spreadsheet. May be given several times.
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        hide_short_help = true
    )]
    pub no_value: Vec<String>,
    /// Totals count the interval, or are cumulative
    ///
    /// Cumulative totals count on, such as since midnight, and their differences are taken; where they fall, they have begun anew. The first row has agents and no answer rate.
    #[arg(long, value_name = "WHAT", value_parser = totals)]
    pub totals: Option<Totals>,
    /// An hour that a clock change repeats is the first or the second
    ///
    /// For times without an offset, where a campaign has rows in that hour once. Where it has both hours, they are told apart by their order.
    #[arg(long, value_name = "WHICH", value_parser = repeated_hour, hide_short_help = true)]
    pub repeated_hour: Option<RepeatedHour>,
    /// Sort the rows by time
    ///
    /// It holds all of them in memory, some 130 bytes each, up to 20 million.
    #[arg(long)]
    pub sort: bool,
    /// At a bad row: fail, or skip it
    ///
    /// A row that cannot be used is bad. Rows that are skipped are counted, and the first ten are listed.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnBadRow::Fail, hide_possible_values = true)]
    pub on_bad_row: OnBadRow,
    /// Threads that read [default: one for each core]
    ///
    /// The results do not depend on it.
    #[arg(long, value_name = "N", value_parser = whole::<u16>(1..=64, ""), hide_short_help = true)]
    pub jobs: Option<u16>,
}

/// The byte between two columns; `None` where it is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiter(Option<u8>);

/// The action at a row that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnBadRow {
    /// The run ends.
    Fail,
    /// The row is left out.
    Skip,
}

impl ReadingArgs {
    /// The file; `None` for standard input.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        Some(&*self.file).filter(|file| *file != Path::new("-"))
    }

    /// The options of the reader.
    pub fn options(&self, layers: &Layers) -> Result<ReadingOptions> {
        let time_zone = match &self.input_time_zone {
            None => layers.time_zone()?,
            Some(name) => {
                let zone = config::time_zone(name);
                let refuse = |problem| InputError(format!("--input-time-zone: {problem}"));
                Some((name.clone(), zone.map_err(refuse)?))
            }
        };
        let Delimiter(delimiter) = self.delimiter;
        Ok(ReadingOptions {
            columns: ColumnNames::new(&self.column)?,
            delimiter,
            time_zone,
            time_format: self
                .time_format
                .as_deref()
                .map(TimeFormat::new)
                .transpose()?,
            header: self.header.clone(),
            skip_lines: self.skip_lines,
            decimal: self.decimal,
            answer_rates: self.answer_rates,
            no_values: self.no_value.clone(),
            totals: self.totals,
            repeated_hour: self.repeated_hour,
            sorts: self.sort,
            jobs: self.jobs.map_or(0, usize::from),
            now: Some(SystemClock::start().now()),
        })
    }
}

fn delimiter(text: &str) -> Result<Delimiter, String> {
    match text {
        "auto" => Ok(Delimiter(None)),
        "tab" | "\t" | "\\t" => Ok(Delimiter(Some(b'\t'))),
        text => match text.as_bytes() {
            [one] if *one != b'"' && (one.is_ascii_punctuation() || *one == b' ') => {
                Ok(Delimiter(Some(*one)))
            }
            _ => Err("expected auto, tab, or a sign such as , ; or |".to_owned()),
        },
    }
}

fn decimal(text: &str) -> Result<Decimal, String> {
    match text {
        "." => Ok(Decimal::Point),
        "," => Ok(Decimal::Comma),
        _ => Err("expected . or ,".to_owned()),
    }
}

fn answer_rates(text: &str) -> Result<AnswerRates, String> {
    match text {
        "share" => Ok(AnswerRates::Share),
        "percent" => Ok(AnswerRates::Percent),
        _ => Err("expected share or percent".to_owned()),
    }
}

fn repeated_hour(text: &str) -> Result<RepeatedHour, String> {
    match text {
        "first" => Ok(RepeatedHour::First),
        "second" => Ok(RepeatedHour::Second),
        _ => Err("expected first or second".to_owned()),
    }
}

fn totals(text: &str) -> Result<Totals, String> {
    match text {
        "interval" => Ok(Totals::Interval),
        "cumulative" => Ok(Totals::Cumulative),
        _ => Err("expected interval or cumulative".to_owned()),
    }
}
