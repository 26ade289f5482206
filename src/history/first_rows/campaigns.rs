//! Which field of a file tells its campaigns apart.

use super::found::{FirstRows, UnreadField};
use crate::base::input::InputError;
use crate::history::column_names::ColumnNames;
use crate::history::columns::{Column, plain};
use crate::history::file_fields::{FileFields, is_one_of};
use crate::history::sequence::CampaignColumn;
use crate::history::unread::Untaken;

/// The field of campaigns, and one that may tell more of them apart. It is refused where a field that is
/// not read has the name of one, and several values.
pub(in crate::history) fn campaign_column(
    fields: &FileFields,
    rows: &FirstRows,
    untaken: &Untaken,
    names: &ColumnNames,
) -> Result<CampaignColumn, InputError> {
    let name = |place: usize| fields.names.get(place);
    let is_said = !names.is_free(Column::CampaignId);
    let has_column = fields.has(Column::CampaignId);
    let is_campaign = |unread: &&UnreadField| {
        let Some(name) = name(unread.place).filter(|_| unread.is_several) else {
            return false;
        };
        let may_be = is_one_of(name, &GROUPS) || unread.takes_turns;
        let is_named =
            is_one_of(name, &CAMPAIGNS) || is_one_of(name, &["id"]) || may_be && has_names(unread);
        is_one_of(name, &IDS) || !has_column && is_named
    };
    let doubtful = rows.unread.iter().find(is_campaign);
    let doubtful = doubtful.filter(|_| !is_said);
    if let Some(other) = doubtful.and_then(|it| name(it.place)) {
        let otherwise = if has_column {
            let own = fields.name(Column::CampaignId);
            format!("if {own:?} does, --column \"campaignId={own}\"")
        } else {
            "if all rows are of one campaign, --column campaignId=".to_owned()
        };
        return Err(InputError(format!(
            "column {other:?} has several values and is not read: if it tells campaigns apart, give --column \"campaignId={other}\"; {otherwise}"
        )));
    }
    let telling = rows.tells_apart.and_then(name).cloned();
    Ok(if has_column {
        CampaignColumn::Present(telling)
    } else {
        CampaignColumn::Absent(telling.or_else(|| untaken.likely_campaign.clone()))
    })
}

/// The warning that a field may be one of campaigns, is not read, and has several values.
pub(in crate::history) fn campaign_warning(
    fields: &FileFields,
    rows: &FirstRows,
    untaken: &Untaken,
    names: &ColumnNames,
) -> Option<String> {
    let name = untaken.likely_campaign.as_deref()?;
    let (place, _) = fields.unread().find(|(_, it)| *it == name)?;
    let unread = rows.unread(place)?;
    let plain = plain(name);
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let is_like = has(&["campaign", "kampagne", "skill"])
        || has(&["queue", "list", "project", "team"]) && has_names(unread);
    let is_told = untaken.near.iter().any(|(near, _)| near == name);
    let is_said = fields.has(Column::CampaignId) || !names.is_free(Column::CampaignId);
    (is_like && unread.is_several && !is_told && !is_said).then(|| format!(
        "column {name:?} has several values and is not read, so that all rows are one campaign; if it tells campaigns apart, give --column \"campaignId={name}\""
    ))
}

/// True for a name that exports have for a campaign.
pub(in crate::history) fn is_campaign_name(name: &str) -> bool {
    is_one_of(name, &IDS) || is_one_of(name, &CAMPAIGNS)
}

/// True where no value is a number or a time, such as `9 AM`.
fn has_names(unread: &UnreadField) -> bool {
    let is_name = |text: &String| text.starts_with(char::is_alphabetic);
    unread.values.iter().all(is_name)
}

/// Names that exports have for the id of a campaign, which does not change, as they are compared.
const IDS: [&str; 8] = [
    "campaignid",
    "campaignno",
    "campaignnumber",
    "campaigncode",
    "skillid",
    "skillno",
    "skillnumber",
    "skill",
];
/// Those for a campaign that may be renamed.
const CAMPAIGNS: [&str; 4] = ["campaign", "campaignname", "kampagne", "skillname"];
/// Those for what a campaign is run by, or what counts waiting calls.
const GROUPS: [&str; 10] = [
    "name",
    "queue",
    "queuename",
    "list",
    "listname",
    "callinglist",
    "project",
    "projekt",
    "team",
    "teamname",
];
