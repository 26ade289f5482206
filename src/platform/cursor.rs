//! The cursor: data that a platform keeps from one poll to the next.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Data of one platform, kept in the state file, so that a run of `tick` continues from the one
/// before it: counts, for example, of which differences are taken. The campaign API reports whole
/// intervals and leaves it empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(Option<Value>);

impl Cursor {
    /// True until a platform writes to it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The content; `None` where there is none or it has another shape.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self.0.as_ref()?).ok()
    }

    /// Replaces the content.
    pub fn write(&mut self, content: &impl Serialize) -> Result<(), serde_json::Error> {
        self.0 = Some(serde_json::to_value(content)?);
        Ok(())
    }
}
