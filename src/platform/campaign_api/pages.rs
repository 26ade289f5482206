//! Counts agents over pages, and refuses pages that contradict one another.

use std::collections::HashSet;

use super::wire::{AgentsPage, ListedAgent, Paging};

/// The pages read so far.
#[derive(Default)]
pub(super) struct Pages {
    /// Agents counted: available, and each id once.
    available: u32,
    ids: HashSet<String>,
    /// Elements of all pages.
    elements: u64,
    read: u64,
    /// Number of the first page, 0 or 1.
    first: u64,
    /// Highest total of any page: agents come and go between two pages.
    total_max: u64,
}

impl Pages {
    /// Adds the next page. Returns the query for the page after it, or `None` after the last.
    pub(super) fn add(&mut self, page: &AgentsPage) -> Result<Option<String>, String> {
        let count = u64::try_from(page.agents.len()).unwrap_or(u64::MAX);
        self.elements = self.elements.saturating_add(count);
        let brings_nothing_new = self.count(&page.agents);
        let Some(paging) = &page.paging else {
            return Ok(None);
        };
        let number = self.check_number(paging)?;
        if brings_nothing_new && self.read > 1 {
            // An interface that ignores the number of the page gives the same one for ever.
            return Ok(None);
        }
        let total = paging.total();
        if let Some(total) = total {
            self.total_max = self.total_max.max(total);
            if self.elements > self.total_max {
                return Err(format!(
                    "{} agents on {} pages, and the total is {total}",
                    self.elements, self.read
                ));
            }
        }
        let more = match (total, paging.pages(), paging.page_size) {
            (Some(total), ..) => self.elements < total,
            (None, Some(pages), _) => self.read < pages,
            (None, None, Some(size)) => count > 0 && count >= size,
            (None, None, None) => match paging.unknown_sequel() {
                None => false,
                Some(field) => {
                    return Err(format!(
                        "{field} announces more pages, and there is no total, page count or page size to read them by"
                    ));
                }
            },
        };
        if more && count == 0 {
            return Err(format!(
                "page {number} is empty, and only {} agents came before it",
                self.elements
            ));
        }
        let name = paging.number_name();
        let size = paging.page_size.map(|size| format!("&pageSize={size}"));
        let next = number + 1;
        Ok(more.then(|| format!("&{name}={next}{}", size.unwrap_or_default())))
    }

    /// Number of agents counted.
    pub(super) fn agents(&self) -> u32 {
        self.available
    }

    /// Counts the agents of a page. Returns true where each of them has an id that came before.
    fn count(&mut self, agents: &[ListedAgent]) -> bool {
        let mut known = 0;
        for agent in agents {
            let is_new = agent
                .id
                .as_ref()
                .is_none_or(|id| self.ids.insert(id.clone()));
            known += usize::from(!is_new);
            self.available = self
                .available
                .saturating_add(u32::from(is_new && agent.is_available));
        }
        !agents.is_empty() && known == agents.len()
    }

    /// Number of this page; an error where it is not the requested one.
    fn check_number(&mut self, paging: &Paging) -> Result<u64, String> {
        let stated = paging.number();
        if self.read == 0 {
            self.first = stated.unwrap_or(1).min(1);
        }
        let wanted = self.first + self.read;
        self.read += 1;
        match stated {
            Some(stated) if stated != wanted => Err(format!(
                "it is page {stated}, where page {wanted} was asked for"
            )),
            _ => Ok(wanted),
        }
    }
}
