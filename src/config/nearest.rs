//! The known name that a misspelled one resembles.

/// The item whose name is most like `name`, if any is like it at all.
pub(super) fn nearest<'a, T>(
    name: &str,
    candidates: impl Iterator<Item = (&'a str, T)>,
) -> Option<T> {
    candidates
        .map(|(candidate, item)| (strsim::jaro_winkler(candidate, name), item))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity > SIMILARITY_MIN)
        .map(|(_, item)| item)
}

/// Jaro-Winkler similarity above which a name is taken for a misspelling of another. Tried on this
/// crate's names: `UTILIZATION` for `UTILISATION` is above, `SERVICE_HOST` (which Kubernetes sets)
/// is below for all of them.
const SIMILARITY_MIN: f64 = 0.85;
