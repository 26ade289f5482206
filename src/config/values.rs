//! Text into values: each reader says what it expected.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::nearest::nearest;
use super::shares::{share, shares};
use crate::pacing::{Ratio, RatioLever};

/// One share, a list of them, or a range "from:to:step" that includes its end.
pub(super) fn ratios(text: &str) -> Result<Vec<Ratio>, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let [from, to, step] = parts.as_slice() else {
        return match parts.as_slice() {
            [list] => {
                let count = list.split(',').count();
                if count > VALUES_MAX {
                    return Err(too_many_values(&count));
                }
                shares(list)
            }
            _ => Err(format!(
                "{text:?} is no range; write from:to:step, such as 0.6:0.9:0.05"
            )),
        };
    };
    for end in [from, to, step] {
        share(end)?;
    }
    let values = range(text, from, to, step)?;
    values.iter().map(|value| share(value)).collect()
}

/// One value, a list of them, or a range of numbers "from:to:step" that includes its end, each as
/// text.
pub(super) fn list(text: &str) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let values: Vec<String> = match parts.as_slice() {
        [from, to, step] => range(text, from, to, step)?,
        _ => text.split(',').map(|one| one.trim().to_owned()).collect(),
    };
    if values.len() > VALUES_MAX {
        return Err(too_many_values(&values.len()));
    }
    Ok(values)
}

fn range(text: &str, from: &str, to: &str, step: &str) -> Result<Vec<String>, String> {
    let number = |part: &str| part.trim().parse::<f64>().ok().filter(|it| it.is_finite());
    let (Some(from), Some(to), Some(step)) = (number(from), number(to), number(step)) else {
        return Err(format!(
            "{text:?} is no range; write from:to:step, such as 0.8:0.9:0.05"
        ));
    };
    if step <= 0.0 || from > to {
        return Err(format!(
            "{text:?} is empty; write from:to:step with a step above 0"
        ));
    }
    let steps = ((to - from) / step + 1e-9).floor();
    if steps >= RANGE_MAX {
        return Err(too_many_values(&format_args!(
            "{text:?}: {:.0}",
            steps + 1.0
        )));
    }
    let mut values = Vec::new();
    let mut n = 0.0;
    while n <= steps {
        values.push((((from + n * step) * 1e9).round() / 1e9).to_string());
        n += 1.0;
    }
    Ok(values)
}

pub(super) fn whole<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().map_err(|_| {
        if is_number {
            format!("{text} is too large a number")
        } else {
            format!("{text:?} is not a whole number of at least 0")
        }
    })
}

fn too_many_values(count: &dyn std::fmt::Display) -> String {
    format!(
        "{count} values are more than {VALUES_MAX}, since each is simulated or replayed: take a coarser step"
    )
}

/// A whole number up to `max`; `why` says what more would do.
pub(super) fn at_most<T>(max: T, why: &'static str) -> impl Fn(&str) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    move |text| match text.parse() {
        Ok(number) if number <= max => Ok(number),
        // A number that no type holds is too large as well.
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() => {
            Err(format!("{text} is more than {max}: {why}"))
        }
        _ => whole(text),
    }
}

/// A number of agents, of at least 1.
pub(super) fn agents(text: &str) -> Result<u32, String> {
    at_least_one(text)?;
    at_most(AGENTS_MAX, "no site has so many agents")(text)
}

/// A dial ratio, as hundredths of a call per agent.
pub(super) fn dial_ratio(text: &str) -> Result<u32, String> {
    let refused =
        || format!("{text:?} is not a number of calls per agent, 1 or more, such as 2 or 1.5");
    let hundredths = text.trim().parse::<f64>().map_err(|_| refused())? * 100.0;
    let is_whole = (hundredths - hundredths.round()).abs() < 1e-6;
    if !is_whole || !(100.0..=DIAL_RATIO_MAX_HUNDREDTHS).contains(&hundredths) {
        return Err(refused());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and within the bounds above"
    )]
    let hundredths = hundredths.round() as u32;
    Ok(hundredths)
}

/// A dial ratio that a skill can have with this lever, as hundredths of a call per agent.
pub(super) fn skill_ratio(lever: RatioLever) -> impl Fn(&str) -> Result<u32, String> {
    move |text| {
        let hundredths = dial_ratio(text)?;
        let is_between = (101..200).contains(&hundredths) && lever == RatioLever::Overdial;
        if hundredths > SKILL_RATIO_MAX_HUNDREDTHS {
            Err(format!(
                "{text} is more than 3, the most that a skill takes"
            ))
        } else if hundredths % 100 == 0 || is_between {
            Ok(hundredths)
        } else {
            Err(format!(
                "{text} is no ratio of a skill: 1, 2 or 3, and with overdial_lever what lies between 1 and 2"
            ))
        }
    }
}

pub(super) fn at_least_one(text: &str) -> Result<u32, String> {
    let refused = || format!("{text:?} is not a whole number of at least 1");
    text.parse().ok().filter(|n| *n > 0).ok_or_else(refused)
}

pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

/// `on`, `off` or both, separated by commas.
pub(super) fn flags(text: &str) -> Result<Vec<bool>, String> {
    let mut values = Vec::new();
    for value in text.split(',') {
        let value = flag(value.trim())?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

/// A value, or `off`.
pub(super) fn unless_off<T>(
    parse: impl Fn(&str) -> Result<T, String>,
) -> impl Fn(&str) -> Result<Option<T>, String> {
    move |text| match text {
        "off" => Ok(None),
        text => parse(text)
            .map(Some)
            .map_err(|problem| format!("{problem}, or off")),
    }
}

/// A time with its unit: `30s`, `6m`, `500ms`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let expected = "expected a duration with its unit, such as 30s, 6m or 500ms";
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| format!("{text:?} is not a duration; {expected}"))?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| (DURATION_MIN..=DURATION_MAX).contains(duration))
        .ok_or_else(|| format!("{text:?} is outside 1 ms to 24 h"))
}

/// The same, or `0s`.
pub fn duration_or_none(text: &str) -> Result<Duration, String> {
    match text {
        "0" | "0s" => Ok(Duration::ZERO),
        text => duration(text),
    }
}

/// A time zone by its name in the tz database.
pub fn time_zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| {
        let problem = format!("{text:?} is not a time zone");
        match near_time_zone(text) {
            Some(name) => format!("{problem}; did you mean {name}?"),
            None => format!("{problem}; expected a name such as America/New_York or UTC"),
        }
    })
}

/// The name of the tz database that `text` resembles, as a whole or by its city.
fn near_time_zone(text: &str) -> Option<String> {
    let plain = |name: &str| name.trim().replace(' ', "_").to_lowercase();
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|it| it.to_string())
        .collect();
    let lower: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let places = lower.iter().zip(&names);
    let both = places.flat_map(|(lower, name)| {
        let city = lower.rsplit('/').next().unwrap_or(lower);
        [(lower.as_str(), name), (city, name)]
    });
    nearest(&plain(text), both).cloned()
}

/// The interval between polls. The platform's analytics queries allow one every 15 s.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    let interval = duration(text)?;
    if interval < INTERVAL_MIN {
        return Err(format!(
            "{text:?} is shorter than {} s, the least that analytics queries allow",
            INTERVAL_MIN.as_secs()
        ));
    }
    if interval.subsec_nanos() != 0 {
        return Err(format!("{text:?} is not a whole number of seconds"));
    }
    Ok(interval)
}

/// Names that a setting can have, with the values that they stand for and their help.
pub(super) type Named<T> = (&'static str, T, &'static str);

/// The value of a name.
pub(super) fn named<T: Copy>(names: &'static [Named<T>]) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        let mut known = names.iter();
        let found = known.find(|(name, ..)| *name == text);
        found.map(|(_, value, _)| *value).ok_or_else(|| {
            let names: Vec<&str> = names.iter().map(|(name, ..)| *name).collect();
            format!("{text:?} is neither {}", names.join(" nor "))
        })
    }
}

/// The names, with their help.
pub(super) fn choices<T>(names: &[Named<T>]) -> Vec<(&'static str, String)> {
    let names = names.iter();
    names
        .map(|(name, _, help)| (*name, (*help).to_owned()))
        .collect()
}

/// Far above the pacer's own ceiling, whose error says more.
const DIAL_RATIO_MAX_HUNDREDTHS: f64 = 1e6;
/// The most that the API documents for `maximumRatio`.
const SKILL_RATIO_MAX_HUNDREDTHS: u32 = 300;
/// Values of one list or range; a grid has the product of two.
const VALUES_MAX: usize = 1_000;
const RANGE_MAX: f64 = 1_000.0;
/// Most agents: as in a scenario.
const AGENTS_MAX: u32 = 100_000;
const DURATION_MIN: Duration = Duration::from_millis(1);
const DURATION_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// Limit of the platform's analytics interface.
const INTERVAL_MIN: Duration = Duration::from_secs(15);
