//! Connections, as far as another thread ends them.

/// Connections that can be ended at once.
pub trait Connections: Send + Sync {
    /// Ends every exchange at once and refuses new ones.
    fn abort(&self);

    /// Accepts exchanges again, after an [`abort`](Self::abort).
    fn reopen(&self);
}
