//! Which column of a CSV file tells its campaigns apart.

use super::first_rows::FirstRows;
use super::header::Header;
use crate::base::input::InputError;
use crate::history::column_names::ColumnNames;
use crate::history::columns::{Column, plain};
use crate::history::sequence::CampaignColumn;

/// The column of campaigns, and one that may tell more of them apart. It is refused where a column that
/// is not read has the name of one, and several values.
pub(super) fn campaign_column(
    header: &Header,
    rows: &FirstRows,
    names: &ColumnNames,
) -> Result<CampaignColumn, InputError> {
    let name = |place: &usize| header.fields.get(*place);
    let is_said = !names.is_free(Column::CampaignId);
    let has_column = header.has(Column::CampaignId);
    let known = if has_column {
        CAMPAIGN_NAMES.get(..IDS).unwrap_or_default()
    } else {
        &CAMPAIGN_NAMES
    };
    let is_campaign = |name: &&String| known.contains(&plain(name).as_str());
    let doubtful = rows.several.iter().filter_map(name).find(is_campaign);
    if let Some(other) = doubtful.filter(|_| !is_said) {
        let otherwise = if has_column {
            let own = &header.names[Column::CampaignId];
            format!("if {own:?} does, --column \"campaignId={own}\"")
        } else {
            "if all rows are of one campaign, --column campaignId=".to_owned()
        };
        return Err(InputError(format!(
            "column {other:?} has several values and is not read: if it tells campaigns apart, give --column \"campaignId={other}\"; {otherwise}"
        )));
    }
    let telling = rows.tells_apart.as_ref().and_then(name).cloned();
    Ok(if has_column {
        CampaignColumn::Present(telling)
    } else {
        CampaignColumn::Absent(telling.or_else(|| header.untaken.likely_campaign.clone()))
    })
}

/// The column that may be one of campaigns, is not read, and has several values.
pub(in crate::history) fn likely_campaigns<'a>(
    header: &'a Header,
    rows: &FirstRows,
) -> Option<&'a str> {
    let likely = header.untaken.likely_campaign.as_deref()?;
    let place = header.fields.iter().position(|name| name == likely)?;
    rows.several.contains(&place).then_some(likely)
}

/// Names that exports have for a campaign, as they are compared; first those of its id, which does not change.
const CAMPAIGN_NAMES: [&str; 12] = [
    "campaignid",
    "campaignno",
    "campaignnumber",
    "campaigncode",
    "skillid",
    "skillno",
    "skillnumber",
    "skill",
    "campaign",
    "campaignname",
    "kampagne",
    "skillname",
];
/// How many of them are ids.
const IDS: usize = 8;
