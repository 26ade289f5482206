//! The platforms that dialpace paces, over HTTP.
//!
//! [`Platform`] is the interface to one campaign. It has one lever, whose positions are
//! [`Setpoint`]s in the unit of its [`Actuator`]. Another kind of platform is a module beside
//! [`CampaignApi`] with its own wire shapes. Campaigns of one site share an [`Account`].

mod account;
mod address;
mod campaign_api;
mod cursor;
mod fields;
#[cfg(fuzzing)]
pub mod fuzzing;
mod read_only;
pub mod sandbox;
pub mod skills;
mod token_cache;
mod tokens;

use crate::base::clock::Deadline;
use crate::http::{CallError, Request};
use crate::pacing::{Actuator, Sample, Setpoint};

pub use account::{Account, AccountSettings};
pub use address::{CampaignId, Site};
pub use campaign_api::{CampaignApi, CampaignSettings, IfMatch};
pub use cursor::Cursor;
pub use read_only::ReadOnly;
pub use token_cache::TokenCache;

/// One campaign on a platform.
pub trait Platform {
    /// The lever: its unit and the bounds that were set for it.
    fn actuator(&self) -> Actuator;

    /// Requests all that a decision needs, concurrently. `cursor` holds the content that this
    /// platform wrote at the previous poll.
    fn poll(&self, cursor: &mut Cursor, deadline: &Deadline) -> Poll;

    /// Reads the lever's position.
    fn read(&self, deadline: &Deadline) -> Result<Standing, CallError>;

    /// The requests that [`apply`](Self::apply) sends for a change, in order.
    fn requests(&self, change: &Change) -> Vec<Request>;

    /// Sets the lever. After a try without an answer it is read before a retry.
    fn apply(&self, change: &Change, deadline: &Deadline) -> Result<Applied, CallError>;
}

/// The answers to one poll.
#[derive(Debug)]
pub struct Poll {
    /// Answer rate, counts and available agents.
    pub sample: Result<Sample, CallError>,
    /// Set where the platform told nothing of the interval: why this is a failed poll, unless the
    /// lever stands still and there is nothing to tell.
    pub unless_stopped: Option<CallError>,
    /// The lever, where a change depends on the version read in the same cycle.
    pub standing: Option<Result<Standing, CallError>>,
}

/// The lever as the platform reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The position.
    pub setpoint: Setpoint,
    /// The campaign's version, where changes are guarded by it.
    pub version: Option<String>,
}

/// A new position of the lever, and the campaign's version that it was decided for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The new position.
    pub setpoint: Setpoint,
    /// The previous position, where it is known.
    pub previous: Option<Setpoint>,
    /// The version that the campaign must still have; `None` for any.
    pub version: Option<String>,
}

/// The result of a [`Change`].
#[derive(Clone, Debug)]
pub enum Applied {
    /// The lever has the position.
    Yes {
        /// True where an earlier try got no certain answer, so that it may still be applied, late.
        after_uncertain_try: bool,
    },
    /// The campaign was changed by somebody else meanwhile.
    Conflict {
        /// False where the platform says that it compared the versions and did nothing.
        may_have_applied: bool,
    },
    /// The platform accepted the change and has not applied it yet.
    Pending,
    /// Nothing was sent, in a dry run; these requests would have been.
    Withheld(Vec<Request>),
}
