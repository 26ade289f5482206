//! The outside world of one campaign: what can be asked of it and told to it.
//!
//! [`Platform`] is the seam. Rates pass it as whole numbers in the platform's own unit (calls
//! per minute for a campaign), so that another kind of platform is an addition.

mod account;
mod address;
mod campaign_api;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod sandbox;

use crate::base::clock::Deadline;
use crate::http::{CallError, Request};
use crate::pacing::Sample;

pub use account::TokenCache;
pub use address::{CampaignId, Site, checked_url};
pub use campaign_api::{Access, Cxone};

/// One campaign, wherever it runs.
pub trait Platform {
    /// Asks for all that a decision needs; the questions are asked side by side.
    fn poll(&self, campaign_too: bool, deadline: &Deadline) -> Poll;

    /// Reads the campaign.
    fn campaign(&self, deadline: &Deadline) -> Result<Campaign, CallError>;

    /// The request that [`apply`](Self::apply) sends.
    fn request(&self, change: &RateChange) -> Request;

    /// Sets the dial rate. After silence the campaign is read before anything is sent again.
    fn apply(&self, change: &RateChange, deadline: &Deadline) -> Result<Applied, CallError>;
}

/// The answers to one poll.
#[derive(Debug)]
pub struct Poll {
    /// Answer rate and agents.
    pub sample: Result<Sample, CallError>,
    /// The campaign, if it was asked for.
    pub campaign: Option<Result<Campaign, CallError>>,
}

/// A campaign as the platform has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Calls per minute.
    pub dial_rate: u32,
    /// Its version, where the platform gives one.
    pub etag: Option<String>,
}

/// A new dial rate, and the version of the campaign it was decided for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateChange {
    /// Calls per minute.
    pub dial_rate: u32,
    /// Calls per minute before, as far as is known.
    pub previous_dial_rate: u32,
    /// The version that the campaign must still have; `None`: any.
    pub etag: Option<String>,
}

/// What guards the PATCH.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// Nothing: the campaign may have changed.
    #[default]
    Any,
    /// The version of the campaign that was read in the same cycle.
    Etag,
}

/// What became of a [`RateChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The campaign has the rate.
    Yes,
    /// The campaign is no longer the version that the change was decided for.
    Conflict,
}
