//! Where the owner of a token is served.

use serde::{Deserialize, Serialize};

/// Where the owner of a token is served, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    /// The host of the data calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) api_base: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tenant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cluster: Option<String>,
}
