//! The site of an account and the identifier of a campaign, checked.

use std::fmt;

use crate::http::HostScope;

/// A campaign's identifier: 1 to 64 letters, digits, `-` and `_`. Other characters could end the
/// quotes of the metrics query or the path of an address, and are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignId(String);

impl CampaignId {
    /// Checks `text`.
    pub fn new(text: &str) -> Result<Self, String> {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if text.is_empty() || text.len() > CAMPAIGN_ID_MAX || !text.chars().all(is_safe) {
            return Err(format!(
                "{text:?} is not a campaign id: 1 to {CAMPAIGN_ID_MAX} letters, digits, `-` or `_`"
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address of a platform: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    origin: String,
    scope: HostScope,
}

impl Site {
    /// Checks `text`: a host, with or without `https://`, with or without a port. Plain `http://`
    /// is for loopback hosts only.
    ///
    /// ```
    /// # use dialpace::platform::Site;
    /// assert_eq!(Site::new("api.nice.example")?.origin(), "https://api.nice.example");
    /// assert_eq!(Site::new("http://127.0.0.1:8080/")?.origin(), "http://127.0.0.1:8080");
    /// assert!(Site::new("http://api.nice.example").is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn new(text: &str) -> Result<Self, String> {
        let full = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let (uri, scope) = checked_url(&full)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(format!(
                "{text:?} has a path; give only the host and, if needed, the port"
            ));
        }
        let origin = full.trim_end_matches('/').to_owned();
        Ok(Self { origin, scope })
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The place of the host.
    #[must_use]
    pub fn scope(&self) -> HostScope {
        self.scope
    }
}

/// Checks an address that requests are sent to: https, or http to this machine; no credentials.
pub fn checked_url(text: &str) -> Result<(ureq::http::Uri, HostScope), String> {
    // The address may hold credentials, so only its scheme, host and port are shown.
    if text.contains('#') {
        return Err("it holds a #, which no address of an interface has".to_owned());
    }
    let uri: ureq::http::Uri = text
        .parse()
        .map_err(|error| format!("it is not an address: {error}"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("it is not an address with a host; expected https://HOST".to_owned());
    };
    if authority.as_str().contains('@') {
        return Err("it holds a user name or password, which would end up in logs".to_owned());
    }
    let host = authority.host();
    let port = authority.as_str().strip_prefix(host).unwrap_or_default();
    if host.is_empty() || (!port.is_empty() && authority.port_u16().is_none()) {
        return Err(format!("{authority:?} is not HOST or HOST:PORT"));
    }
    let scope = if is_loopback(host) {
        HostScope::Loopback
    } else {
        HostScope::Remote
    };
    match (scheme, scope) {
        ("https", _) | ("http", HostScope::Loopback) => Ok((uri, scope)),
        ("http", HostScope::Remote) => Err(format!(
            "plain http to {host} would send credentials in the clear; use https:// (http:// is for loopback hosts only)"
        )),
        (other, _) => Err(format!("{other}:// is not supported; use https://")),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Longest campaign id.
const CAMPAIGN_ID_MAX: usize = 64;
