//! Files: replaced so that a crash leaves the old content or the new one, never a mixture, and read
//! within limits.
//!
//! The program makes files beside those that its user names. These are in folders that others may
//! write to, so none is taken for granted: no link is followed, no pipe waited for, and what a crash
//! left behind is made anew.

mod append;
mod bounded;
mod draft;
mod input;
mod kind;
mod own;
mod paths;
mod replace;
mod same;
mod temporary;

pub use append::{append_durably, append_own_durably};
pub use draft::Draft;
pub use input::{read_bytes, read_text};
pub use own::{can_write_in, copy_new, lock_file, read_own, sign_lock, signer_of_lock};
pub use paths::{folder, resolved, sibling, sync_folder};
pub use replace::{publish, publish_to_all, replace_durably};
pub use same::FileUses;
