//! What may be a mistake in a file of JSON, and is known after its last row only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::chunk::WithoutMetrics;

/// What was met in the rows and around them.
#[derive(Debug, Default)]
pub(super) struct Later {
    /// Set where what is around the last rows names a next page.
    has_next_page: Arc<AtomicBool>,
    /// Objects that have none of the metrics.
    count: u64,
    /// Line of the first of them.
    first_line: u64,
    has_others: bool,
    /// The member that is the agents, where each object is a line.
    agents: Option<String>,
}

impl Later {
    pub(super) fn new(has_next_page: Arc<AtomicBool>, agents: Option<String>) -> Self {
        Self {
            has_next_page,
            agents,
            ..Self::default()
        }
    }

    /// Adds those of a chunk, which begins after `lines_before`.
    pub(super) fn add(&mut self, chunk: WithoutMetrics, lines_before: u64) {
        if self.count == 0 {
            self.first_line = lines_before + u64::from(chunk.first_line);
        }
        self.count += chunk.count;
        self.has_others |= chunk.has_others;
    }

    /// What may be a mistake, in words.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.count > 0 && self.has_others {
            let (count, line) = (self.count, self.first_line);
            let have = match count {
                1 => format!(
                    "the object at line {line} has none of the metrics and counts as a failed poll"
                ),
                _ => format!(
                    "{count} objects have none of the metrics, from line {line} on, and count as failed polls"
                ),
            };
            let grep = self.agents.as_ref().map_or(String::new(), |agents| {
                format!(", such as with grep {agents} FILE | dialpace backtest -")
            });
            warnings.push(format!(
                "{have}; if they are other events of a log, leave them out{grep}"
            ));
        }
        if self.has_next_page.load(Ordering::Acquire) {
            warnings.push(
                "what is around its rows names a next page, so there are more rows than these"
                    .to_owned(),
            );
        }
        warnings
    }
}
