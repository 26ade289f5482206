//! The audit record, its outbox, and its delivery to the data warehouse.
//!
//! Delivery is at least once and in order: a record leaves the outbox only after the warehouse
//! accepted it, and a crash between the two sends it again, under the same idempotency key. A record
//! that the warehouse refuses time after time leaves it for a file, and never blocks the others.

mod delivery;
mod outbox;
mod record;
mod refusal;

pub use delivery::{Delivery, Warehouse, request};
pub use outbox::{Outbox, SentBefore};
pub use record::{CampaignRecord, Record, SkillRecord};
pub use refusal::Refusal;
