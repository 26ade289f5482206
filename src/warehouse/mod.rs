//! The audit record, its outbox, and its delivery to the data warehouse.
//!
//! Delivery is at least once and in order: a record leaves the outbox only after the warehouse
//! accepted it, and a crash between the two sends it again, under the same idempotency key.

mod delivery;
mod outbox;
mod record;

pub use delivery::{Delivery, Warehouse, request};
pub use outbox::Outbox;
pub use record::Record;
