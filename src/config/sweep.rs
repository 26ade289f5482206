//! Settings with several values, for the commands that compare them.

use super::error::ConfigError;
use super::layers::Layers;
use super::setting::{DefaultValue, Group};
use super::settings::SETTINGS;
use super::shares;
use super::values;
use crate::base::swept::SweptValues;
use crate::pacing::{Band, Ratio};

type KeyedValues = Vec<(&'static str, String)>;

impl Layers {
    /// What `make` makes of every combination of the swept settings, with the values of those that
    /// make a difference to it: the rate of policy fixed makes none to another.
    pub fn swept<T: PartialEq>(
        &self,
        make: impl Fn(&Self) -> Result<T, ConfigError>,
    ) -> Result<Vec<(T, SweptValues)>, ConfigError> {
        let lists = self.lists()?;
        let firsts = lists
            .iter()
            .filter_map(|(key, list)| Some((*key, list.first()?.clone())));
        let firsts: KeyedValues = firsts.collect();
        let first = make(&self.with(&firsts))?;
        let mut combinations: Vec<KeyedValues> = vec![Vec::new()];
        for (key, list) in &lists {
            let mut matters = false;
            for other in list.iter().skip(1) {
                let values = firsts.iter().map(|(of, value)| {
                    let value = if of == key { other } else { value };
                    (*of, value.clone())
                });
                matters |= make(&self.with(&values.collect::<KeyedValues>()))? != first;
            }
            if !matters {
                continue;
            }
            let count = combinations.len() * list.len();
            if count > COMBINATIONS_MAX {
                return Err(ConfigError::Value(
                    self.source_of(key).to_string(),
                    format!(
                        "with the other lists these are {count} combinations, more than {COMBINATIONS_MAX}: compare fewer"
                    ),
                ));
            }
            let longer = combinations.iter().flat_map(|values| {
                list.iter().map(move |value| {
                    let mut values = values.clone();
                    values.push((*key, value.clone()));
                    values
                })
            });
            combinations = longer.collect();
        }
        let all = combinations.into_iter().map(|values| {
            let mut given = firsts.clone();
            given.retain(|(key, _)| values.iter().all(|(swept, _)| swept != key));
            given.extend(values.iter().cloned());
            let values = values.into_iter();
            let named = values.map(|(key, value)| (key.to_owned(), value));
            Ok((make(&self.with(&given))?, named.collect()))
        });
        all.collect()
    }

    /// The same with the first value of each swept setting.
    pub fn first_of_swept(&self) -> Result<Self, ConfigError> {
        let lists = self.lists()?.into_iter();
        let firsts = lists.filter_map(|(key, list)| Some((key, list.into_iter().next()?)));
        Ok(self.with(&firsts.collect::<KeyedValues>()))
    }

    /// The bands to compare: every SLA threshold with every tolerance margin.
    pub fn bands(&self) -> Result<Vec<Band>, ConfigError> {
        let sla_thresholds = self.value("sla_threshold", values::ratios)?;
        let tolerance_margins = self.value("tolerance_margin", values::ratios)?;
        let (slas, margins) = (sla_thresholds.len(), tolerance_margins.len());
        if slas * margins > BANDS_MAX {
            return Err(ConfigError::Value(
                format!(
                    "{} and {}",
                    self.source_of("sla_threshold"),
                    self.source_of("tolerance_margin")
                ),
                format!(
                    "{slas} × {margins} values are {} combinations, more than {BANDS_MAX}, which is as many as fit into memory: take a coarser step",
                    slas * margins
                ),
            ));
        }
        let mut bands = Vec::new();
        for sla_threshold in sla_thresholds {
            bands.extend(tolerance_margins.iter().map(|tolerance_margin| Band {
                sla_threshold,
                tolerance_margin: *tolerance_margin,
            }));
        }
        Ok(bands)
    }

    /// The highest of the abandonment limits to compare.
    pub fn highest_abandonment_limit(&self) -> Result<Ratio, ConfigError> {
        let limits = self.value("abandonment_limit", |text| {
            let limits = values::list(text)?.into_iter();
            limits
                .map(|limit| shares::share_above_zero(&limit))
                .collect()
        })?;
        let highest: Option<Ratio> =
            Vec::into_iter(limits).max_by(|a: &Ratio, b| a.value().total_cmp(&b.value()));
        highest.map_or_else(|| self.abandonment_limit(), Ok)
    }

    /// The settings that pace, by key, as they were given or by default.
    #[must_use]
    pub fn pacing_texts(&self) -> Vec<(String, String)> {
        let settings = SETTINGS.iter().filter(|it| it.group == Group::Pacing);
        let texts = settings.filter_map(|setting| {
            let default = match setting.default {
                DefaultValue::Text(text) => Some(text),
                _ => None,
            };
            let text = self.text(setting.key).or(default)?;
            Some((setting.key.to_owned(), text.to_owned()))
        });
        texts.collect()
    }

    /// The settings that have several values here, with these.
    fn lists(&self) -> Result<Vec<(&'static str, Vec<String>)>, ConfigError> {
        let mut lists = Vec::new();
        let swept = SETTINGS.iter().filter(|setting| setting.lists.is_some());
        for setting in swept.filter(|setting| !OWN_LISTS.contains(&setting.key)) {
            let list = self.parse(setting.key, values::list)?.unwrap_or_default();
            if list.len() > 1 {
                lists.push((setting.key, list));
            }
        }
        Ok(lists)
    }
}

/// Settings whose lists are read where they are used.
const OWN_LISTS: [&str; 4] = ["policy", "sla_threshold", "tolerance_margin", "front_load"];
/// Combinations of one policy and band: each has a pacer of its own.
const COMBINATIONS_MAX: usize = 10_000;
/// Combinations of thresholds and margins: each has a pacer of its own.
const BANDS_MAX: usize = 10_000;
