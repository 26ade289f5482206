//! The activity of a skill: its agents now.

use serde_json::Value;

use super::object::{Object, rows};
use crate::base::units::UnixMillis;

/// The agents of a skill at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Available agents. One who waits inside the dialer may not be counted among them.
    pub available: u32,
    /// Agents logged in and not unavailable.
    pub staffed: Option<u32>,
    /// Agents that the skill counts as working.
    pub busy: Option<u32>,
    /// Contacts of the skill that are active.
    pub contacts: Option<u32>,
    /// True where the row says that the skill is one of Personal Connection.
    pub is_natural_calling: Option<bool>,
    /// The server's time.
    pub server_time: Option<UnixMillis>,
}

/// The activity of `skill` in an answer; `None` where it has no row.
pub fn read(answer: &Value, skill: u64) -> Result<Option<Activity>, String> {
    let rows = rows(answer, "skillActivity", "agentsLoggedIn");
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let row = Object::new("skillActivity[0]", row)?;
    refuse_another_skill(&row, skill)?;
    let Some(available) = row.count(&["agentsAvailable", "agentsAvaliable"])? else {
        return Err(format!("{} is missing", row.place_of("agentsAvailable")));
    };
    let logged_in = row.count(&["agentsLoggedIn"])?;
    let unavailable = row.count(&["agentsUnavailable", "agentsUnavaliable"])?;
    Ok(Some(Activity {
        available,
        staffed: logged_in
            .zip(unavailable)
            .map(|(logged_in, unavailable)| logged_in.saturating_sub(unavailable)),
        busy: row.count(&["agentsWorking"])?,
        contacts: row.count(&["contactsActive"])?,
        is_natural_calling: row.flag(&["isNaturalCalling"])?,
        server_time: row.text(&["serverTime"]).and_then(|text| time(&text)),
    }))
}

/// Fails where a row names another skill than the one that was asked for, or none.
pub(super) fn refuse_another_skill(row: &Object<'_>, skill: u64) -> Result<(), String> {
    let place = row.place_of("skillId");
    match row.id(&["skillId"])? {
        Some(found) if found == skill => Ok(()),
        Some(found) => Err(format!(
            "{place} is {found}, not the skill that was asked for, {skill}"
        )),
        None => Err(format!("{place} is missing")),
    }
}

fn time(text: &str) -> Option<UnixMillis> {
    let time: jiff::Timestamp = text.trim().parse().ok()?;
    Some(UnixMillis(time.as_millisecond()))
}

impl Activity {
    /// True where agents may wait inside the dialer, which counts them as working: a hint against
    /// "nobody is there", never a reason to dial more.
    #[must_use]
    pub fn may_wait_in_dialer(&self) -> bool {
        self.available == 0
            && self
                .busy
                .zip(self.contacts)
                .is_some_and(|(busy, talking)| busy > talking)
    }
}
