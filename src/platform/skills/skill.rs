//! A skill and its business unit: what must be so before the skill can be paced.

use serde_json::Value;

use super::object::{Object, rows};

/// A skill, as far as pacing needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skill {
    /// Its name.
    pub name: Option<String>,
    /// True while it dials.
    pub is_running: Option<bool>,
    /// Why it cannot be paced, if it cannot.
    pub refusal: Option<String>,
    /// True where its agents also take inbound calls.
    pub blends: bool,
}

/// The business unit, as far as pacing needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusinessUnit {
    /// False where one call an agent is the most, whatever the ratio.
    pub allows_predictive: Option<bool>,
    /// Its time zone, in whatever spelling.
    pub time_zone: Option<String>,
    /// Calls a day from which on the tenant's owner is warned.
    pub published_limit: Option<u32>,
}

/// The skill in an answer: flat, or the first of `skills`.
pub fn read_skill(answer: &Value, skill: u64) -> Result<Skill, String> {
    let rows = rows(answer, "skills", "skillId");
    let Some(row) = rows.first() else {
        return Err("it holds no skill".to_owned());
    };
    let row = Object::new("", row)?;
    super::activity::refuse_another_skill(&row, skill)?;
    Ok(Skill {
        name: row.text(&["skillName"]),
        is_running: row.flag(&["isRunning"])?,
        blends: row.flag(&["priorityBlending"])?.unwrap_or(false),
        refusal: refusal(&row)?,
    })
}

fn refusal(row: &Object<'_>) -> Result<Option<String>, String> {
    if row.flag(&["isActive"])? == Some(false) {
        return Ok(Some("it is not active (isActive is false)".to_owned()));
    }
    if row.flag(&["isOutbound"])? == Some(false) {
        return Ok(Some(
            "it is an inbound skill (isOutbound is false)".to_owned(),
        ));
    }
    if row.flag(&["agentless"])? == Some(true) {
        return Ok(Some(
            "it has no agents (agentless is true), so a ratio means nothing".to_owned(),
        ));
    }
    if let Some(media) = row.count(&["mediaTypeId"])?
        && media != PHONE
    {
        return Ok(Some(format!(
            "its medium is not the phone (mediaTypeId is {media}, not {PHONE})"
        )));
    }
    let strategy = row.text(&["outboundStrategy"]);
    let other =
        strategy.filter(|strategy| !strategy.trim().eq_ignore_ascii_case(PERSONAL_CONNECTION));
    Ok(other.map(|strategy| {
        format!("its outboundStrategy is {strategy:?}, and only {PERSONAL_CONNECTION:?} dials at a ratio")
    }))
}

/// The business unit in an answer: the first of `businessUnits`, or flat.
pub fn read_business_unit(answer: &Value) -> Result<BusinessUnit, String> {
    let rows = rows(answer, "businessUnits", "businessUnitId");
    let Some(row) = rows.first() else {
        return Err("it holds no business unit".to_owned());
    };
    let row = Object::new("businessUnits[0]", row)?;
    Ok(BusinessUnit {
        allows_predictive: row.flag(&["allowPredictiveDialing"])?,
        time_zone: row.text(&["defaultTimeZone"]),
        published_limit: row.count(&["apiPublishedLimit"]).ok().flatten(),
    })
}

const PHONE: u32 = 4;
const PERSONAL_CONNECTION: &str = "Personal Connection";
