//! The platforms that dialpace paces, over HTTP.
//!
//! [`Platform`] is the interface to one campaign. It has one lever, whose positions are
//! [`Setpoint`]s in the unit of its [`Actuator`]. Another kind of platform is a module beside
//! [`CampaignApi`] with its own wire shapes. Campaigns of one site share an [`Account`].

mod account;
mod address;
mod campaign_api;
mod client_credentials;
mod cursor;
mod fields;
#[cfg(fuzzing)]
pub mod fuzzing;
mod place;
mod read_only;
pub mod sandbox;
pub mod skills;
mod token_cache;
mod tokens;

use std::time::Duration;

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
///
/// A cursor is the content that this platform wrote to it before, kept in the state.
pub trait Platform {
    /// The lever: its unit and the bounds that were set for it.
    fn actuator(&self) -> Actuator;

    /// Requests all that a decision needs.
    fn poll(&self, cursor: &mut Cursor, deadline: &Deadline) -> Poll;

    /// Reads the lever's position.
    fn read(&self, cursor: &mut Cursor, deadline: &Deadline) -> Result<Standing, CallError>;

    /// Notes a change that is about to be sent. The cursor is saved before it is.
    fn prepare(&self, _: &mut Cursor, _: &Change, _: &Deadline) {}

    /// The requests that [`apply`](Self::apply) sends for a change, in order.
    fn requests(&self, cursor: &Cursor, change: &Change) -> Vec<Request>;

    /// Sets the lever. After a try without an answer it is read before a retry.
    fn apply(
        &self,
        cursor: &mut Cursor,
        change: &Change,
        deadline: &Deadline,
    ) -> Result<Applied, CallError>;

    /// Makes each call of a cycle that only reads, for a check before the first one.
    fn look(&self, cursor: &mut Cursor, deadline: &Deadline) -> Vec<Look>;

    /// Sends the lever's present position once more, to see whether it may be set. Nothing is sent
    /// where `must_not` says why, right before.
    fn rewrite(
        &self,
        cursor: &mut Cursor,
        must_not: MustNot,
        deadline: &Deadline,
    ) -> Result<Applied, CallError>;

    /// Puts back, once, what a change did besides its own: see [`Standing::damage`].
    fn repair(&self, _: &mut Cursor, _: &Deadline) -> Repaired {
        Repaired {
            setpoint: None,
            what_became: String::new(),
        }
    }

    /// Puts back the position and all else that stood before the first change. Returns what it put
    /// back; `None` where nothing was to be.
    fn restore(&self, _: &mut Cursor, _: &Deadline) -> Result<Option<String>, CallError> {
        Ok(None)
    }

    /// True where a stop was accepted and what is in progress still ends.
    fn is_stopping(&self, _: &Cursor) -> bool {
        false
    }

    /// The requests that pacing takes, where the platform counts them.
    fn requests_a_day(&self, _: &Cursor, _: Duration) -> Option<RequestsADay> {
        None
    }
}

/// The answers to one poll.
#[derive(Debug)]
pub struct Poll {
    /// Answer rate, counts and available agents; `None` where the platform has none yet.
    pub sample: Result<Option<Sample>, CallError>,
    /// Set where the platform told nothing of the interval: why this is a failed poll, unless the
    /// lever stands still and there is nothing to tell.
    pub unless_stopped: Option<CallError>,
    /// The lever, where it was read in the same cycle.
    pub standing: Option<Result<Standing, CallError>>,
    /// What bounds the lever now.
    pub bounds: Bounds,
}

/// What bounds the lever in one cycle, besides the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The highest position that somebody allows.
    pub ceiling: Option<Setpoint>,
    /// The highest position that it may be raised to now.
    pub reach: Option<Setpoint>,
    /// A position that the platform did not take lately, and why it is not tried again yet.
    pub not_taken: Option<(Setpoint, String)>,
    /// Why it is not moved.
    pub obstacle: Option<Obstacle>,
    /// Where it is started again once no stop stands, of an operator or for calling hours; what agents and calls there are
    /// then says nothing, since there are none without it.
    pub start: Option<Setpoint>,
    /// True where the platform accepted a stop long ago and still dials.
    pub resists_stop: bool,
    /// True where it does not dial, whatever the position of its lever, and nobody needs to stop it.
    pub is_at_rest: bool,
}

/// Why a lever is not moved, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Moving it would change nothing, or is not allowed.
    NoAuthority(String),
    /// Somebody else has just moved it.
    ChangedElsewhere(String),
    /// Nothing is known by which it could be raised.
    NoData(String),
    /// Too few results are known to judge by.
    NotEnoughData(String),
}

/// The lever as the platform reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The position.
    pub setpoint: Setpoint,
    /// The campaign's version, where changes are guarded by it.
    pub version: Option<String>,
    /// What the last change seems to have changed besides the lever.
    pub damage: Option<String>,
    /// True where the platform knows that nobody else moved it here.
    pub is_own: bool,
    /// True where the platform accepted a stop, and what is in progress ends.
    pub is_stopping: bool,
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
    /// True where settings may not be written any more, so that only a stop is left.
    pub is_latched: bool,
    /// True where the platform accepted the same stop before, from another run.
    pub was_stopped: bool,
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
    /// The platform accepted the change, and the lever has another position.
    NotTaken {
        /// The position, where it is one.
        found: Option<Setpoint>,
        /// The same in words.
        why: String,
    },
    /// Nothing was sent, because somebody else had moved the lever here.
    ChangedElsewhere {
        /// The position.
        found: Setpoint,
        /// The same in words.
        why: String,
    },
    /// Nothing was sent, because it would change nothing or is not allowed.
    NoAuthority(String),
    /// The change did something besides its own: see [`Platform::repair`].
    Damaged(String),
}

/// What became of a repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The lever's position after it, where it was seen.
    pub setpoint: Option<Setpoint>,
    /// What was put back, or why it was not.
    pub what_became: String,
}

/// Why nothing may be sent at this moment, if so.
pub type MustNot<'a> = &'a dyn Fn() -> Option<String>;

/// A call that only reads, and what it said.
#[derive(Debug)]
pub struct Look {
    /// The call.
    pub call: &'static str,
    /// What was found, in words.
    pub found: Result<String, CallError>,
    /// Why that may not do.
    pub doubt: Option<String>,
}

impl Look {
    fn new(call: &'static str, found: Result<String, CallError>) -> Self {
        Self {
            call,
            found,
            doubt: None,
        }
    }
}

/// Requests that pacing takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestsADay {
    /// Their number.
    pub estimate: u64,
    /// The number from which on the tenant's owner is warned, where it is known.
    pub limit: Option<u32>,
}
