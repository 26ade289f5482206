//! The addresses of a tenant, and the hosts that may get its token.

use crate::http::Address;
use crate::platform::Site;

/// True where the token may be sent to `site`: a host of the platform over https, or one that the
/// user named.
///
/// ```
/// # use dialpace::platform::{Site, skills::hosts::may_get_the_token};
/// let may = |text: &str, named: &[Site]| may_get_the_token(&Site::new(text).unwrap(), named);
/// assert!(may("https://api-na1.niceincontact.com", &[]));
/// assert!(!may("https://niceincontact.com.evil.example", &[]));
/// assert!(!may("https://evilniceincontact.com", &[]));
/// let named = [Site::new("http://127.0.0.1:8080").unwrap()];
/// assert!(may("http://127.0.0.1:9090", &named));
/// assert!(!may("http://localhost:8080", &named));
/// ```
#[must_use]
pub fn may_get_the_token(site: &Site, named: &[Site]) -> bool {
    let host = host(site.origin());
    let is_named = named.iter().any(|named| self::host(named.origin()) == host);
    let is_https = site.origin().to_ascii_lowercase().starts_with("https://");
    is_named || (is_https && DOMAINS.iter().any(|domain| host.ends_with(domain)))
}

/// An address as discovery gives it, with or without a scheme, and with a path that is left out
/// where it is the interface's own.
///
/// ```
/// # use dialpace::platform::skills::hosts::api_base;
/// assert_eq!(api_base("api-na1.niceincontact.com/").unwrap().origin(), "https://api-na1.niceincontact.com");
/// assert_eq!(api_base("https://api-c7.example/inContactAPI/").unwrap().origin(), "https://api-c7.example");
/// assert!(api_base("http://api-na1.niceincontact.com").is_err());
/// assert!(api_base("https://api.example/other").is_err());
/// ```
pub fn api_base(text: &str) -> Result<Site, String> {
    let text = text.trim().trim_end_matches('/');
    let lower = text.to_ascii_lowercase();
    let end = lower.find("/incontactapi").filter(|at| {
        let rest = lower.get(*at..).unwrap_or_default();
        rest == "/incontactapi" || rest == "/incontactapi/services"
    });
    Site::new(text.get(..end.unwrap_or(text.len())).unwrap_or(text))
}

/// The data host of a cluster, where discovery does not tell it. `None` where its name could be more
/// than the first part of a host.
#[must_use]
pub fn of_cluster(cluster: &str) -> Option<Site> {
    let cluster = cluster.trim().to_ascii_lowercase();
    is_label(&cluster)
        .then(|| Site::new(&format!("https://api-{cluster}.nice-incontact.com")).ok())
        .flatten()
}

/// The login host of an area: `na1` gives `https://na1.nice-incontact.com`.
pub fn of_area(area: &str) -> Result<Site, String> {
    let area = area.trim().to_ascii_lowercase();
    if !is_label(&area) {
        return Err(format!(
            "{area:?} is not an area: letters and digits, as in na1"
        ));
    }
    Site::new(&format!("https://{area}.nice-incontact.com"))
}

/// The origin of an address.
pub(super) fn origin_of(text: &str) -> Result<Site, String> {
    Site::new(&Address::new(text)?.origin())
}

/// True for 1 to 32 letters, digits and `-`.
fn is_label(text: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !text.is_empty() && text.len() <= LABEL_MAX && text.chars().all(is_usual)
}

/// The host of an origin, in lower case, without its port.
fn host(origin: &str) -> String {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let end = match rest.rfind(']') {
        Some(bracket) => bracket + 1,
        None => rest.find(':').unwrap_or(rest.len()),
    };
    rest.get(..end).unwrap_or(rest).to_ascii_lowercase()
}

/// The domains of the platform.
const DOMAINS: [&str; 5] = [
    ".niceincontact.com",
    ".nice-incontact.com",
    ".incontact.com",
    ".nicecxone.com",
    ".nicecxone-gov.com",
];
const LABEL_MAX: usize = 32;
