//! The end of a cycle: save, deliver the outbox, save the rest of it.

use super::state::State;
use super::store::{StateError, Store};
use crate::base::clock::Deadline;
use crate::base::notice::{Notice, Notices};
use crate::warehouse::Warehouse;

/// Everything that the end of a cycle works with.
pub(super) struct Export<'a> {
    pub(super) warehouse: Option<&'a Warehouse<'a>>,
    pub(super) store: &'a Store,
    pub(super) outbox_capacity: usize,
    pub(super) notices: &'a dyn Notices,
}

/// The result of the delivery.
#[derive(Default)]
pub(super) struct Exported {
    pub(super) records: usize,
    pub(super) failed: bool,
}

impl Export<'_> {
    /// Saves, delivers the outbox, and saves the rest of it.
    pub(super) fn save_and_deliver(
        &self,
        state: &mut State,
        deadline: &Deadline,
    ) -> Result<Exported, StateError> {
        self.store.save(state)?;
        let pending = state.outbox.len();
        if pending == 0 {
            return Ok(Exported::default());
        }
        let Some(warehouse) = self.warehouse else {
            self.notices
                .tell(&Notice::RecordsWithoutWarehouse { pending });
            return Ok(Exported::default());
        };
        let delivery = warehouse.deliver(&mut state.outbox, deadline);
        self.spill(state, deadline)?;
        self.store.save(state)?;
        let failed = delivery.problem.is_some();
        if let Some(problem) = delivery.problem {
            let pending = state.outbox.len();
            self.notices
                .tell(&Notice::ExportFailed { problem, pending });
        }
        Ok(Exported {
            records: delivery.delivered,
            failed,
        })
    }

    /// Moves the oldest records of a full outbox to the overflow file.
    fn spill(&self, state: &mut State, deadline: &Deadline) -> Result<(), StateError> {
        let Some((rows, lines)) = state.outbox.overflow(self.outbox_capacity) else {
            return Ok(());
        };
        let now = deadline.clock().now();
        if let Some(path) = self.store.append_overflow(&lines, now)? {
            state.outbox.forget_oldest(rows);
            let path = path.display().to_string();
            self.notices.tell(&Notice::OutboxSpilled { rows, path });
        }
        Ok(())
    }
}
