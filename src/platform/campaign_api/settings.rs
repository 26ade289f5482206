//! Settings of one campaign.

use std::time::Duration;

use crate::pacing::Actuator;
use crate::platform::CampaignId;

/// Settings of one campaign.
#[derive(Clone, Debug)]
pub struct CampaignSettings {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Period that one metrics query covers.
    pub interval: Duration,
    /// The condition of the PATCH.
    pub if_match: IfMatch,
    /// The dial rate and its bounds.
    pub actuator: Actuator,
}

/// The condition of the PATCH, in its `If-Match` field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// None (`*`): the campaign may have changed.
    #[default]
    Any,
    /// The version of the campaign that was read in the same cycle.
    Etag,
}
