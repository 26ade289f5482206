//! Rows by their times and campaigns.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::found::UnreadField;
use crate::history::columns::Column;
use crate::history::file_fields::FileFields;
use crate::history::total_words;

/// The rows that were added.
pub(super) struct Table {
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

/// A field that is not read.
struct Other {
    place: usize,
    /// Its values in rows of one time and campaign, each once.
    keys: HashSet<Vec<u8>>,
    /// Its values, up to one too many, numbered in their order.
    values: HashMap<Vec<u8>, usize>,
    /// The number of the value of each row.
    order: Vec<usize>,
    /// Its values in each campaign.
    of_campaigns: HashSet<Vec<u8>>,
}

impl Table {
    pub(super) fn new(fields: &FileFields) -> Self {
        let calls = [Column::CallsDialed, Column::CallsAnswered].map(|it| fields.place(it));
        let sums = match calls {
            [Some(dialed), Some(answered)] => [Some(dialed), Some(answered)],
            _ => [fields.place(Column::AvailableAgents), None],
        };
        Self {
            campaign: fields.place(Column::CampaignId),
            sums,
            rows: 0,
            keys: HashSet::new(),
            campaigns: HashSet::new(),
            others: fields.unread().map(|(place, _)| Other::at(place)).collect(),
            values: HashMap::new(),
        }
    }

    /// Adds a row of a time.
    pub(super) fn add<'r>(&mut self, time: &[u8], text: &dyn Fn(usize) -> &'r [u8]) {
        self.rows += 1;
        let campaign = self.campaign.map_or(&b""[..], text);
        if !self.others.is_empty() {
            let key = [time, campaign].join(&0);
            for other in &mut self.others {
                other.add(&key, campaign, text(other.place));
            }
            self.keys.insert(key);
            if !self.campaigns.contains(campaign) {
                self.campaigns.insert(campaign.to_vec());
            }
        }
        let number = |place: Option<usize>| match place {
            Some(place) => whole(text(place)),
            None => Some(0),
        };
        if self.campaign.is_some()
            && let [Some(one), Some(other)] = self.sums.map(number)
        {
            let of_time = self.values.entry(time.to_vec()).or_default();
            of_time.push((campaign.to_vec(), [one, other]));
        }
    }

    /// A field whose values differ where rows of one time and campaign are several.
    pub(super) fn tells_apart(&self) -> Option<usize> {
        if self.keys.len() == self.rows {
            return None;
        }
        let mut others = self.others.iter();
        let tells = others.find(|it| it.keys.len() == self.rows && it.has_few_values(self.rows));
        tells.map(|it| it.place)
    }

    /// The fields that are not read.
    pub(super) fn unread(&self) -> Vec<UnreadField> {
        let unread = self.others.iter().map(|other| {
            let is_varying = other.has_few_values(self.rows);
            let values = other.values.keys();
            UnreadField {
                place: other.place,
                values: values
                    .map(|it| String::from_utf8_lossy(it).into_owned())
                    .collect(),
                is_varying,
                takes_turns: is_varying && other.takes_turns(),
                is_several: is_varying && other.of_campaigns.len() > self.campaigns.len(),
            }
        });
        unread.collect()
    }

    /// The campaign whose values are the sums of the others' at each time that has more than two. One that
    /// is called a total is seen at once, another by several times.
    pub(super) fn total_campaign(&self) -> Option<String> {
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
            values: HashMap::new(),
            order: Vec::new(),
            of_campaigns: HashSet::new(),
        }
    }

    fn add(&mut self, key: &[u8], campaign: &[u8], value: &[u8]) {
        self.keys.insert([key, value].join(&0));
        let count = self.values.len();
        if count <= VALUES_MAX && !self.values.contains_key(value) {
            self.values.insert(value.to_vec(), count);
        }
        if let Some(number) = self.values.get(value) {
            self.of_campaigns.insert([campaign, value].join(&0));
            self.order.push(*number);
        }
    }

    /// True where it has several values, and each for several rows: a number has as many as there are rows.
    fn has_few_values(&self, rows: usize) -> bool {
        let count = self.values.len();
        (2..=VALUES_MAX).contains(&count) && count * VALUE_ROWS_MIN <= rows
    }

    /// True where its values come one after the other, again and again: as campaigns do whose polls are at
    /// different times.
    fn takes_turns(&self) -> bool {
        let count = self.values.len();
        let rows = self.order.iter();
        let after_a_round = rows.clone().skip(count);
        let compared = after_a_round.len();
        let same = rows.zip(after_a_round).filter(|(row, later)| row == later);
        let same = same.count();
        let steps = self.order.iter().zip(self.order.iter().skip(1));
        let stays = steps.filter(|(row, next)| row == next).count();
        compared >= ROUNDS_MIN * count && same * 10 >= compared * 9 && stays * 10 <= compared
    }
}

/// A whole number, which some programs write with a fraction of 0.
fn whole(text: &[u8]) -> Option<u64> {
    let text = str::from_utf8(text).ok()?;
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

fn added([a, b]: [u64; 2], [c, d]: [u64; 2]) -> [u64; 2] {
    [a.saturating_add(c), b.saturating_add(d)]
}

/// Values of a field that tells campaigns apart, at most, and rows of each, at least.
const VALUES_MAX: usize = 50;
const VALUE_ROWS_MIN: usize = 2;
/// Rounds in which the values of a field take turns, and that are no chance.
const ROUNDS_MIN: usize = 4;
/// Times at which a campaign is the sum of the others, and that are no chance.
const TOTALS_MIN: u32 = 3;
