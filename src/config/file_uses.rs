//! The files that settings name, so that no two of a run are one.

use std::path::Path;

use super::layers::Layers;
use crate::base::files::FileUses;

impl Layers {
    /// The files that the settings name but for the state and the records, and the standard streams.
    #[must_use]
    pub fn file_uses(&self) -> FileUses {
        let mut uses = FileUses::default();
        uses.standard_streams();
        for key in [
            "config",
            "client_secret_file",
            "access_key_secret_file",
            "ca_file",
            "dw_header_file",
        ] {
            if let Some(given) = self.find(key) {
                uses.read(given.source.to_string(), Path::new(&given.text));
            }
        }
        if let Some(path) = self.dot_env_path() {
            uses.read(".env", path);
        }
        if let Some(given) = self.find("metrics_file") {
            uses.replace(given.source.to_string(), Path::new(&given.text));
        }
        uses
    }

    /// The setting of this key as the user gave it, or its name.
    #[must_use]
    pub fn name_of(&self, key: &'static str) -> String {
        self.source_of(key).to_string()
    }
}
