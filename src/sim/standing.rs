//! Where a variant can be run as it was simulated.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A platform whose campaigns can be paced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LivePlatform {
    /// The campaign API, which takes a dial rate.
    CampaignApi,
    /// A skill, which dials by itself and takes a dial ratio.
    Skills,
}

/// Where a variant can be run as it was simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// On this platform.
    RunsOn(LivePlatform),
    /// Nowhere: it is told what the platform of its lever does not tell.
    ToldMore,
    /// Nowhere: it is a dialer to compare with, which decides at every call.
    Reference,
}

impl LivePlatform {
    /// Every platform.
    pub const ALL: [Self; 2] = [Self::CampaignApi, Self::Skills];
}

impl Standing {
    /// True where it runs on a platform.
    #[must_use]
    pub fn runs_live(self) -> bool {
        matches!(self, Self::RunsOn(_))
    }

    /// True where the SLA band has a part in what it does.
    #[must_use]
    pub fn has_band(self) -> bool {
        !matches!(self, Self::Reference | Self::RunsOn(LivePlatform::Skills))
    }
}

impl fmt::Display for LivePlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CampaignApi => "the campaign API",
            Self::Skills => "skills",
        })
    }
}
