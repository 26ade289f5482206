//! What is paced, over HTTP: what can be asked of it and told to it.
//!
//! [`Platform`] is the seam. It has one lever, whose positions are [`Setpoint`]s in the unit that
//! its [`Actuator`] names, so that another kind of platform is an addition: a module beside
//! [`CampaignApi`] with its own wire shapes. What several campaigns share is the [`Account`].

mod account;
mod address;
mod campaign_api;
mod cursor;
#[cfg(fuzzing)]
pub mod fuzzing;
mod read_only;
pub mod sandbox;
mod tokens;

use crate::base::clock::Deadline;
use crate::http::{CallError, Request};
use crate::pacing::{Actuator, Sample, Setpoint};

pub use account::{Account, AccountSettings};
pub use address::{CampaignId, Site, checked_url};
pub use campaign_api::{CampaignApi, CampaignSettings, IfMatch};
pub use cursor::Cursor;
pub use read_only::ReadOnly;
pub use tokens::TokenCache;

/// One campaign, wherever it runs.
pub trait Platform {
    /// The lever: its unit and the bounds that were set for it.
    fn actuator(&self) -> Actuator;

    /// Asks for all that a decision needs; the questions are asked side by side. `cursor` is what
    /// this platform left there at the poll before.
    fn poll(&self, cursor: &mut Cursor, deadline: &Deadline) -> Poll;

    /// Reads where the lever stands.
    fn read(&self, deadline: &Deadline) -> Result<Standing, CallError>;

    /// The requests that [`apply`](Self::apply) sends for a change, in order.
    fn requests(&self, change: &Change) -> Vec<Request>;

    /// Sets the lever. After silence it is read before anything is sent again.
    fn apply(&self, change: &Change, deadline: &Deadline) -> Result<Applied, CallError>;
}

/// The answers to one poll.
#[derive(Debug)]
pub struct Poll {
    /// Answer rate and agents.
    pub sample: Result<Sample, CallError>,
    /// The lever, where changes of this platform depend on what is read in the same cycle.
    pub standing: Option<Result<Standing, CallError>>,
}

/// The lever as the platform has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its position.
    pub setpoint: Setpoint,
    /// The version of what was read, where a change is to be guarded by it.
    pub version: Option<String>,
}

/// A new position of the lever, and the version of the campaign that it was decided for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The position.
    pub setpoint: Setpoint,
    /// The position before, as far as it is known.
    pub previous: Option<Setpoint>,
    /// The version that the campaign must still have; `None`: any.
    pub version: Option<String>,
}

/// What became of a [`Change`].
#[derive(Clone, Debug)]
pub enum Applied {
    /// The lever has the position.
    Yes,
    /// The campaign is no longer the version that the change was decided for.
    Conflict,
    /// The platform took the change and has not applied it yet.
    Pending,
    /// Nothing was sent, since nothing may be; these requests would have been.
    Withheld(Vec<Request>),
}
