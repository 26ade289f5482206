//! What the first rows of a CSV file tell about all of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use csv::ByteRecord;

use super::header::Header;
use super::records::Records;
use crate::history::columns::Column;
use crate::history::number_form::{is_nothing, plain, trimmed};
use crate::history::options::Decimal;
use crate::history::timestamps::has_time_of_day;
use crate::history::total_words;

/// What the first rows tell.
#[derive(Debug, Default)]
pub(in crate::history) struct FirstRows {
    /// Empty fields after the last column of the first row.
    pub(super) extras: usize,
    /// A number that proves the decimal point, and one that proves the decimal comma.
    pub(super) proved: [Option<String>; 2],
    /// True where an answer rate has more than one digit.
    pub(super) has_fractions: bool,
    /// True where rows have a time of day, also in a column of its own.
    pub(in crate::history) has_times_of_day: bool,
    /// The first times, as they are written.
    pub(in crate::history) times: Vec<String>,
    /// The column that is not read and tells apart rows of one time, by its place.
    pub(super) tells_apart: Option<usize>,
    /// The columns that are not read and have several values, each for several rows of one campaign.
    pub(super) several: Vec<usize>,
    /// The columns that are not read and have several values, each of several rows.
    pub(super) varying: Vec<usize>,
    /// The campaign that is the total of the others at each time.
    pub(in crate::history) total_campaign: Option<String>,
}

impl FirstRows {
    /// Looks at the rows of `text`.
    pub(super) fn look_at(text: &[u8], delimiter: u8, header: &Header) -> Self {
        let mut found = Self {
            has_times_of_day: header.has(Column::TimeOfDay),
            ..Self::default()
        };
        let mut records = Records::new(text, delimiter);
        let mut table = Table::new(header);
        while let Some((record, _, _)) = records.next() {
            if table.rows == 0 {
                let count = header.columns.len();
                let mut more = record.iter().skip(count);
                if more.all(|field| trimmed(field).is_empty()) {
                    found.extras = record.len().saturating_sub(count);
                }
            }
            found.look_at_values(record, header);
            table.add(record);
        }
        found.tells_apart = table.tells_apart();
        found.several = table.several();
        let varying = table
            .others
            .iter()
            .filter(|it| it.has_few_values(table.rows));
        found.varying = varying.map(|it| it.place).collect();
        found.total_campaign = table.total_campaign();
        found
    }

    fn look_at_values(&mut self, record: &ByteRecord, header: &Header) {
        let place_of = |column| header.columns.iter().position(|it| *it == Some(column));
        let text_of = |column| record.get(place_of(column)?).map(trimmed);
        if let Some(date) = text_of(Column::Timestamp).filter(|it| !is_nothing(it)) {
            self.has_times_of_day |= has_time_of_day(date);
            if self.times.len() < TIMES_MAX {
                let time = text_of(Column::TimeOfDay).unwrap_or_default();
                let joined = [date, time].join(&b' ');
                self.times
                    .push(String::from_utf8_lossy(trimmed(&joined)).into_owned());
            }
        }
        for (field, column) in record.iter().zip(&header.columns) {
            let Some(column) = column.filter(|column| column.is_number()) else {
                continue;
            };
            let text = trimmed(field);
            self.has_fractions |= column.is_share() && text.len() > 1 && !is_nothing(text);
            if let Some(sign) = proof(text, column) {
                let [point, comma] = &mut self.proved;
                let slot = if sign == Decimal::Point { point } else { comma };
                slot.get_or_insert_with(|| String::from_utf8_lossy(text).into_owned());
            }
        }
    }
}

/// The rows by their times and campaigns.
struct Table {
    times: Vec<usize>,
    campaign: Option<usize>,
    /// Places of calls dialed and answered; of agents available alone, where the file has no calls.
    sums: [Option<usize>; 2],
    rows: usize,
    /// The times of each campaign.
    keys: HashSet<Vec<u8>>,
    campaigns: HashSet<Vec<u8>>,
    others: Vec<Other>,
    /// The campaigns of each time, with their sums.
    values: HashMap<Vec<u8>, Vec<OfCampaign>>,
}

/// A campaign, and its calls dialed and answered at one time.
type OfCampaign = (Vec<u8>, [u64; 2]);

/// A column that is not read.
struct Other {
    place: usize,
    /// Its values in rows of one time and campaign, each once.
    keys: HashSet<Vec<u8>>,
    /// Its values, up to one too many.
    values: HashSet<Vec<u8>>,
    /// Its values in each campaign.
    of_campaigns: HashSet<Vec<u8>>,
}

impl Table {
    fn new(header: &Header) -> Self {
        let place_of = |column| header.columns.iter().position(|it| *it == Some(column));
        let times = [Column::Timestamp, Column::TimeOfDay];
        let calls = [Column::CallsDialed, Column::CallsAnswered].map(place_of);
        let sums = match calls {
            [Some(dialed), Some(answered)] => [Some(dialed), Some(answered)],
            _ => [place_of(Column::AvailableAgents), None],
        };
        let unread = header.columns.iter().enumerate();
        let unread = unread.filter(|(_, column)| column.is_none());
        Self {
            times: times.into_iter().filter_map(place_of).collect(),
            campaign: place_of(Column::CampaignId),
            sums,
            rows: 0,
            keys: HashSet::new(),
            campaigns: HashSet::new(),
            others: unread.map(|(place, _)| Other::at(place)).collect(),
            values: HashMap::new(),
        }
    }

    fn add(&mut self, record: &ByteRecord) {
        self.rows += 1;
        let text = |place: &usize| trimmed(record.get(*place).unwrap_or_default());
        let time = self.times.iter().map(text).collect::<Vec<_>>().join(&b' ');
        let campaign = self.campaign.as_ref().map(text).unwrap_or_default();
        if !self.others.is_empty() {
            let key = [&time, campaign].join(&0);
            for other in &mut self.others {
                other.add(&key, campaign, text(&other.place));
            }
            self.keys.insert(key);
            if !self.campaigns.contains(campaign) {
                self.campaigns.insert(campaign.to_vec());
            }
        }
        let number = |place: Option<usize>| match place {
            Some(place) => str::from_utf8(text(&place)).ok()?.parse().ok(),
            None => Some(0),
        };
        if self.campaign.is_some()
            && let [Some(one), Some(other)] = self.sums.map(number)
        {
            let of_time = self.values.entry(time).or_default();
            of_time.push((campaign.to_vec(), [one, other]));
        }
    }

    /// A column whose values differ where rows of one time and campaign are several.
    fn tells_apart(&self) -> Option<usize> {
        if self.keys.len() == self.rows {
            return None;
        }
        let mut others = self.others.iter();
        let tells = others.find(|it| it.keys.len() == self.rows && it.has_few_values(self.rows));
        tells.map(|it| it.place)
    }

    fn several(&self) -> Vec<usize> {
        let has_several = |it: &&Other| {
            it.has_few_values(self.rows) && it.of_campaigns.len() > self.campaigns.len()
        };
        self.others
            .iter()
            .filter(has_several)
            .map(|it| it.place)
            .collect()
    }

    /// The campaign whose values are the sums of the others' at each time that has more than two. One that
    /// is called a total is seen at once, another by several times.
    fn total_campaign(&self) -> Option<String> {
        let mut matches: BTreeMap<&[u8], (u32, u32)> = BTreeMap::new();
        for campaigns in self.values.values().filter(|it| it.len() > 2) {
            let all = campaigns
                .iter()
                .fold([0, 0], |sums, (_, values)| added(sums, *values));
            for (id, values) in campaigns {
                if all != [0, 0] {
                    let (same, compared) = matches.entry(id).or_default();
                    *same += u32::from(all == added(*values, *values));
                    *compared += 1;
                }
            }
        }
        let is_total = |(id, (same, compared)): &(&[u8], (u32, u32))| {
            let enough = if total_words::says_total(id) {
                1
            } else {
                TOTALS_MIN
            };
            same == compared && *same >= enough
        };
        let found = matches.into_iter().find(is_total);
        found.map(|(id, _)| String::from_utf8_lossy(id).into_owned())
    }
}

impl Other {
    fn at(place: usize) -> Self {
        Self {
            place,
            keys: HashSet::new(),
            values: HashSet::new(),
            of_campaigns: HashSet::new(),
        }
    }

    fn add(&mut self, key: &[u8], campaign: &[u8], value: &[u8]) {
        self.keys.insert([key, value].join(&0));
        let has_room = self.values.len() <= CAMPAIGNS_MAX;
        if has_room && self.values.insert(value.to_vec()) || self.values.contains(value) {
            self.of_campaigns.insert([campaign, value].join(&0));
        }
    }

    /// True where it has several values, and each for several rows: a number has as many as there are rows.
    fn has_few_values(&self, rows: usize) -> bool {
        let count = self.values.len();
        (2..=CAMPAIGNS_MAX).contains(&count) && count * CAMPAIGN_ROWS_MIN <= rows
    }
}

fn added([a, b]: [u64; 2], [c, d]: [u64; 2]) -> [u64; 2] {
    [a.saturating_add(c), b.saturating_add(d)]
}

/// The decimal sign that the form of a number proves.
fn proof(text: &[u8], column: Column) -> Option<Decimal> {
    if text.iter().all(u8::is_ascii_digit) || is_nothing(text) {
        return None;
    }
    let text = str::from_utf8(text).ok()?;
    plain(text, None, column.is_share()).ok()?.proves
}

/// Times that are looked at, to find their form.
const TIMES_MAX: usize = 500;
/// Values of a column that tells campaigns apart, at most, and rows of each, at least.
const CAMPAIGNS_MAX: usize = 50;
const CAMPAIGN_ROWS_MIN: usize = 2;
/// Times at which a campaign is the sum of the others, and that are no chance.
const TOTALS_MIN: u32 = 3;
