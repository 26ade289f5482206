//! The end of a cycle: save, deliver the outbox, save the rest of it.

use super::state::State;
use super::store::{StateError, Store};
use crate::base::clock::Deadline;
use crate::base::notice::{Notice, Notices};
use crate::warehouse::{Refusal, Warehouse};

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
    /// Records that the warehouse accepted.
    pub(super) records: usize,
    /// Records that it refused for the last time.
    pub(super) refused: usize,
    /// Cause for which records wait.
    pub(super) problem: Option<String>,
}

impl Export<'_> {
    /// Saves, delivers the outbox, and saves the rest of it.
    pub(super) fn save_and_deliver(
        &self,
        state: &mut State,
        deadline: &Deadline,
    ) -> Result<Exported, StateError> {
        let pending = state.outbox.len();
        let Some(warehouse) = self.warehouse.filter(|_| pending > 0) else {
            self.store.save(state)?;
            if pending > 0 {
                let notice = Notice::RecordsWithoutWarehouse { pending };
                self.notices.tell(&notice);
            }
            return Ok(Exported::default());
        };
        let sent_before = state.outbox.announce(warehouse.format());
        self.store.save(state)?;
        let mut outbox = std::mem::take(&mut state.outbox);
        let mut saved = Ok(());
        let delivery = warehouse.deliver(&mut outbox, sent_before, deadline, &mut |outbox| {
            state.outbox.clone_from(outbox);
            saved = self.store.save(state);
            saved.is_ok()
        });
        state.outbox = outbox;
        let moved = saved
            .and_then(|()| self.set_aside(state, &delivery.refused, deadline))
            .and_then(|()| self.spill(state, deadline));
        // What could not be moved is still in the outbox.
        self.store.save(state)?;
        if let Some(problem) = delivery.problem.clone() {
            let pending = state.outbox.len();
            self.notices
                .tell(&Notice::ExportFailed { problem, pending });
        }
        moved.map(|()| Exported {
            records: delivery.delivered,
            refused: delivery.refused.len(),
            problem: delivery.problem,
        })
    }

    /// Moves records that were refused for the last time to the file of refused records.
    fn set_aside(
        &self,
        state: &mut State,
        refused: &[Refusal],
        deadline: &Deadline,
    ) -> Result<(), StateError> {
        let Some(last) = refused.last() else {
            return Ok(());
        };
        let lines: String = refused
            .iter()
            .map(|refusal| refusal.line.as_str())
            .collect();
        let now = deadline.clock().now();
        if let Some(path) = self.store.append_dated("refused", &lines, now)? {
            let positions = refused.iter().map(|refusal| refusal.position);
            state.outbox.forget(positions);
            self.notices.tell(&Notice::RecordsRefused {
                rows: refused.len(),
                answer: last.answer.clone(),
                path: path.display().to_string(),
            });
        }
        Ok(())
    }

    /// Moves the oldest records of a full outbox to the overflow file.
    fn spill(&self, state: &mut State, deadline: &Deadline) -> Result<(), StateError> {
        let Some((rows, lines)) = state.outbox.overflow(self.outbox_capacity) else {
            return Ok(());
        };
        let now = deadline.clock().now();
        if let Some(path) = self.store.append_dated("overflow", &lines, now)? {
            state.outbox.forget_oldest(rows);
            let path = path.display().to_string();
            self.notices.tell(&Notice::OutboxSpilled { rows, path });
        }
        Ok(())
    }
}
