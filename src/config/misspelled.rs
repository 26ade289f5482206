//! Names of the environment and of `.env` that are no settings and resemble one.

use super::nearest::nearest;
use super::settings::SETTINGS;

/// The setting that a name of the environment resembles, if it is none and has the prefix of ours.
pub(super) fn in_environment(name: &str) -> Option<&'static str> {
    if is_known(name) {
        return None;
    }
    if let Some(rest) = name.strip_prefix(OWN_PREFIX) {
        let bare = |known: &'static str| known.strip_prefix(OWN_PREFIX).unwrap_or(known);
        return nearest(rest, names().map(|known| (bare(known), known)));
    }
    name.starts_with(PLATFORM_PREFIX)
        .then(|| differs_by_a_slip(name))
        .flatten()
}

/// The setting that a name in `.env` resembles, if it is none. Other programs have names there too,
/// so without our prefix only a slip of the keyboard counts.
pub(super) fn in_dot_env(name: &str) -> Option<&'static str> {
    if is_known(name) {
        return None;
    }
    in_environment(name).or_else(|| differs_by_a_slip(name))
}

fn differs_by_a_slip(name: &str) -> Option<&'static str> {
    if !name.is_ascii() || name.len() > NAME_MAX {
        return None;
    }
    let bare = |name: &str| name.replace(['_', '-'], "").to_ascii_uppercase();
    let given = bare(name);
    names()
        .filter_map(|known| {
            let bare = bare(known);
            let slips = strsim::damerau_levenshtein(&given, &bare);
            (slips * LETTERS_PER_SLIP <= bare.len()).then_some((slips, known))
        })
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, known)| known)
}

fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

/// The names of settings in the environment.
fn names() -> impl Iterator<Item = &'static str> {
    let names = SETTINGS.iter().map(|setting| setting.env);
    names.filter(|name| !name.is_empty())
}

const OWN_PREFIX: &str = "DIALPACE_";
const PLATFORM_PREFIX: &str = "CXONE_";
/// Letters of a name for each one that may be left out, added, changed or swapped: `DW_ENDPIONT` is a
/// slip, `CAMPAIGN_NAME` is not `CAMPAIGN_ID`.
const LETTERS_PER_SLIP: usize = 6;
/// Longest name that is compared; a line without `=` can be of any length.
const NAME_MAX: usize = 64;
