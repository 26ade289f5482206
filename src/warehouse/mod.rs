//! The audit record, its outbox, and its delivery to the data warehouse.
//!
//! Delivery is at least once and in order: a record leaves the outbox only after the warehouse
//! accepted it, and a crash between the two sends it again, under the same idempotency key and with the
//! same records beside it. A record
//! that the warehouse refuses time after time leaves it for a file, and never blocks the others.

mod batches;
mod delivery;
mod outbox;
mod posting;
mod record;
mod refusal;

pub use delivery::{Recipient, Warehouse};
pub use outbox::{Outbox, SentBefore};
pub use posting::{Delivery, SaveOutbox, request};
pub use record::{CampaignRecord, Record, SkillRecord};
pub use refusal::Refusal;
