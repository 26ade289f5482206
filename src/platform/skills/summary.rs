//! The summary of a skill: counts from the start of a range to its end.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::activity::refuse_another_skill;
use super::object::{Object, rows};

/// Cumulative counts of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Totals {
    /// Attempts.
    pub dials: u32,
    /// Attempts answered by a person.
    pub connects: u32,
    /// Answered calls that no agent took in time.
    pub abandons: u32,
}

/// The counts of `skill` in an answer; `None` where it has no row.
pub fn read(answer: &Value, skill: u64) -> Result<Option<Totals>, String> {
    let rows = rows(answer, "skillSummaries", "dials");
    let is_ours = |row: &&&Value| {
        let row = Object::new("", row).ok();
        row.is_some_and(|row| row.id(&["skillId"]).ok().flatten() == Some(skill))
    };
    let Some(row) = rows.iter().find(is_ours).or(rows.first()) else {
        return Ok(None);
    };
    let row = Object::new("skillSummaries[0]", row)?;
    refuse_another_skill(&row, skill)?;
    let count = |name: &'static str| match row.count(&[name])? {
        Some(count) => Ok(count),
        None => Err(format!(
            "{} is missing: the skill is not one of Personal Connection, or its results may not be read",
            row.place_of(name)
        )),
    };
    let (dials, connects) = (count("dials")?, count("connects")?);
    let abandons = count("abandonCount")?;
    // Some calls begin before the range and are answered in it.
    if connects > dials.saturating_add(STRADDLING_MAX) {
        return Err(format!(
            "{} is {connects}, more than dials, which is {dials}",
            row.place_of("connects")
        ));
    }
    Ok(Some(Totals {
        dials,
        connects,
        abandons,
    }))
}

/// Calls that may straddle the start of a range.
const STRADDLING_MAX: u32 = 5;
