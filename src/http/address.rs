//! Addresses: read by one parser, and shown in one way.

use ureq::http::Uri;
use ureq::http::uri::Authority;

use crate::base::secrets::looks_like_a_token;

/// The place of a host, which decides on the proxy and on plain HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostScope {
    /// This machine: no proxy.
    Loopback,
    /// Another machine: HTTPS only, through the proxy that the environment names, if any.
    Remote,
}

/// An address that requests are sent to.
#[derive(Clone, Debug)]
pub struct Address {
    uri: Uri,
    scope: HostScope,
}

impl Address {
    /// Checks an address: https, or http to this machine; no credentials. An error shows nothing of
    /// it that may be a secret.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.contains('#') {
            return Err("it holds a #, which no address of an interface has".to_owned());
        }
        let uri: Uri = text
            .parse()
            .map_err(|_| "it is not an address; expected https://HOST".to_owned())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("it is not an address with a host; expected https://HOST".to_owned());
        };
        if authority.as_str().contains('@') || uri.path().contains('@') {
            return Err("it holds a user name or password, which would end up in logs".to_owned());
        }
        let Some(host_and_port) = host_and_port(authority) else {
            return Err("its host is not HOST or HOST:PORT, with a port up to 65535".to_owned());
        };
        let host = authority.host();
        let scope = if is_loopback(host) {
            HostScope::Loopback
        } else {
            HostScope::Remote
        };
        match (scheme, scope) {
            ("https", _) | ("http", HostScope::Loopback) => Ok(Self { uri, scope }),
            ("http", HostScope::Remote) => Err(format!(
                "plain http to {host_and_port} would send credentials in the clear; use https:// (http:// is for loopback hosts only)"
            )),
            (other, _) => Err(format!("{other}:// is not supported; use https://")),
        }
    }

    /// The place of the host.
    #[must_use]
    pub fn scope(&self) -> HostScope {
        self.scope
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let authority = self.uri.authority().map(Authority::as_str);
        format!("{}://{}", part(self.uri.scheme_str()), part(authority))
    }

    /// True where it is only scheme, host and port.
    #[must_use]
    pub fn is_origin(&self) -> bool {
        matches!(self.uri.path(), "" | "/") && self.uri.query().is_none()
    }

    /// The parts that may be a key: of the path those that look like one, and the values of the
    /// query.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let path = self.uri.path().split('/').filter(|part| !is_plain(part));
        let query = self.uri.query().unwrap_or_default().split(['&', ';']);
        let values = query.map(|field| field.split_once('=').map_or(field, |(_, value)| value));
        path.chain(values)
    }
}

/// An address as it is shown: scheme, host, port and path, without user, query and fragment, and
/// without the parts of its path that look like a key. Of what is no address, nothing is shown.
///
/// ```
/// # use dialpace::http::shown_address;
/// assert_eq!(shown_address("https://user:pw@host:8443/hook/a?sig=KEY"), "https://host:8443/hook/a");
/// assert_eq!(shown_address("https://user:KEY/x@host"), "an address that is not shown");
/// ```
#[must_use]
pub fn shown(text: &str) -> String {
    shown_parts(text).unwrap_or_else(|| "an address that is not shown".to_owned())
}

fn shown_parts(text: &str) -> Option<String> {
    let uri: Uri = text.split('#').next()?.parse().ok()?;
    if uri.path().contains('@') {
        return None;
    }
    let origin = match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{}", host_and_port(authority)?),
        (None, None) => String::new(),
        _ => return None,
    };
    let parts = uri.path().split('/');
    let path: Vec<&str> = parts
        .map(|part| if is_plain(part) { part } else { "…" })
        .collect();
    Some(origin + &path.join("/"))
}

/// Host and port without a user; `None` where they are not.
fn host_and_port(authority: &Authority) -> Option<String> {
    let host = authority.host();
    let text = authority.as_str();
    let (_, rest) = text.rsplit_once('@').unwrap_or(("", text));
    let port = rest.strip_prefix(host)?;
    if host.is_empty() || (!port.is_empty() && authority.port_u16().is_none()) {
        return None;
    }
    Some(format!("{host}{port}"))
}

/// True for a part of a path that cannot be a key.
fn is_plain(part: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    part.len() <= PART_MAX && part.chars().all(is_usual) && !looks_like_a_token(part)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Longest part of a path that is shown.
const PART_MAX: usize = 64;
