//! What a platform remembers from one poll to the next.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Kept in the state file, so that runs of `tick` go on where the last one ended, as `watch` does.
/// Its content is the platform's own: counts, say, of which it takes differences. The campaign API
/// reports whole intervals and leaves it empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(Option<Value>);

impl Cursor {
    /// True before a platform has written to it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What was written before; `None` where nothing was, or something of another shape.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self.0.as_ref()?).ok()
    }

    /// Replaces what was written before.
    pub fn write(&mut self, content: &impl Serialize) -> Result<(), serde_json::Error> {
        self.0 = Some(serde_json::to_value(content)?);
        Ok(())
    }
}
