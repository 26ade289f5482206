//! The first rows of a file: what they tell about all of them, and what could mean two things.

mod campaigns;
mod found;
mod looking;
mod table;
mod times;

pub(super) use campaigns::{campaign_column, campaign_warning, is_campaign_name};
pub(super) use found::FirstRows;
pub(super) use looking::Looking;
pub(super) use times::{refuse_apart, refuse_several_zones};
