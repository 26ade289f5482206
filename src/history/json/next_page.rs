//! Members by which an answer of a server says that it is not all.

use super::walk::Level;

/// True for the value of a member that names the next page, or says that there is one.
pub(super) fn is_next_page(levels: &[Level]) -> bool {
    levels.iter().any(|level| match level {
        Level::Array => false,
        Level::Member(name) => {
            let name = String::from_utf8_lossy(name);
            // Of `@odata.nextLink` the last part.
            let last = name.rsplit('.').next().unwrap_or_default();
            NEXT_PAGE.contains(&crate::history::columns::plain(last).as_str())
        }
    })
}

/// Names of such members, as names are compared.
const NEXT_PAGE: [&str; 15] = [
    "next",
    "nextlink",
    "nextpage",
    "nextpagelink",
    "nextpagetoken",
    "nexttoken",
    "nextcursor",
    "nexturl",
    "nexturi",
    "nexthref",
    "nextpageurl",
    "nextpageuri",
    "nextrecordsurl",
    "hasmore",
    "hasnextpage",
];
