//! The proxy that the environment names for an address, by the rules of curl.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::SecretString;
use ureq::http::Uri;

use super::bounds::HTTPS_PORT;

/// A proxy that opens tunnels, and the variable that names it.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Scheme, host and port, without credentials.
    pub(super) uri: Uri,
    /// The value of `Proxy-Authorization`, where the variable holds credentials.
    pub(super) authorization: Option<SecretString>,
    /// The variable.
    pub(super) variable: &'static str,
}

impl Proxy {
    /// The proxy for `url`, which is not of this machine; `None` where the environment names none,
    /// or exempts the host. The error names the variable, and nothing of its value.
    ///
    /// ```
    /// # use dialpace::http::Proxy;
    /// # use std::collections::BTreeMap;
    /// let proxy_for = |url: &str, variables: &[(&str, &str)]| {
    ///     let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    ///     let environment: BTreeMap<_, _> = variables.iter().map(own).collect();
    ///     let proxy = Proxy::for_url(url, &environment);
    ///     proxy.map(|proxy| proxy.map(|proxy| proxy.to_string()))
    /// };
    /// let proxy = ("HTTPS_PROXY", "http://user:secret@proxy.example:3128");
    /// let shown = "the proxy proxy.example:3128 from HTTPS_PROXY".to_owned();
    /// assert_eq!(proxy_for("https://api.example/", &[proxy]), Ok(Some(shown)));
    /// assert_eq!(proxy_for("https://api.example/", &[proxy, ("NO_PROXY", "example")]), Ok(None));
    /// assert!(proxy_for("https://api.example/", &[("ALL_PROXY", "socks5://h")]).is_err());
    /// ```
    pub fn for_url(
        url: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Option<Self>, String> {
        let first_of = |names: [&'static str; 4]| {
            let given = names.into_iter().map(|name| {
                let value = environment.get(name).map_or("", |value| value.trim());
                (name, value)
            });
            // As for curl, an empty variable is none.
            given.into_iter().find(|(_, value)| !value.is_empty())
        };
        let Some((variable, address)) = first_of(PROXY_VARIABLES) else {
            return Ok(None);
        };
        let [lower, upper] = EXEMPTION_VARIABLES;
        let (_, exempt) = first_of([lower, upper, lower, upper]).unwrap_or_default();
        let uri: Option<Uri> = url.parse().ok();
        if uri.is_some_and(|uri| is_exempt(&uri, exempt)) {
            return Ok(None);
        }
        let refused = |problem: &str| format!("{variable} in the environment: {problem}");
        Self::parse(variable, address)
            .map(Some)
            .map_err(|problem| refused(&problem))
    }

    /// Reads `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT]`.
    fn parse(variable: &'static str, address: &str) -> Result<Self, String> {
        let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => HTTP_PROXY_PORT,
            "https" => HTTPS_PROXY_PORT,
            socks if socks.starts_with("socks") && socks.len() < SOCKS_CHARS_MAX => {
                return Err(format!(
                    "{socks}:// names a SOCKS proxy, and only http and https proxies are supported"
                ));
            }
            _ => {
                return Err(
                    "its scheme is not that of a proxy; only http and https proxies are supported"
                        .to_owned(),
                );
            }
        };
        let malformed = || {
            "it is not the address of a proxy, http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (other characters than letters and digits of user and password are written as %XX)".to_owned()
        };
        // A path, a query or a fragment has no meaning here, and may be the rest of a password.
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '\\']) {
            return Err(malformed());
        }
        let full = format!("{scheme}://{rest}");
        let parsed = ureq::Proxy::new(&full).map_err(|_| malformed())?;
        let host = Some(parsed.host()).filter(|host| !host.is_empty());
        let host = host.ok_or_else(malformed)?;
        let after_host = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        let port = match after_host.strip_prefix(host) {
            Some("") => default_port,
            Some(port) => port
                .strip_prefix(':')
                .and_then(|port| port.parse().ok())
                .filter(|port| *port > 0)
                .ok_or_else(malformed)?,
            None => return Err(malformed()),
        };
        let uri = format!("{scheme}://{host}:{port}/")
            .parse()
            .map_err(|_| malformed())?;
        let authorization = parsed.username().map(|user| {
            let credentials = format!("{user}:{}", parsed.password().unwrap_or_default());
            SecretString::from(format!("Basic {}", BASE64_STANDARD.encode(credentials)))
        });
        Ok(Self {
            uri,
            authorization,
            variable,
        })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self
            .uri
            .authority()
            .map_or("", |authority| authority.as_str());
        write!(f, "the proxy {address} from {}", self.variable)
    }
}

/// True where an entry of `list`, separated by commas or blanks, names the host of `uri`.
fn is_exempt(uri: &Uri, list: &str) -> bool {
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(HTTPS_PORT);
    let mut entries = list.split(|c: char| c == ',' || c.is_whitespace());
    entries.any(|entry| entry_names(entry, host, port))
}

/// `*`; a name, with or without a leading dot or `*.`, which stands for the host and all below it; an
/// address, or a range of addresses in CIDR notation. A port at the end limits an entry to it, which
/// curl does not know.
fn entry_names(entry: &str, host: &str, port: u16) -> bool {
    let host = bare(host);
    if entry == "*" {
        return true;
    }
    let (place, only_port) = match entry.rsplit_once(':') {
        // The colons of an address without brackets are its own.
        Some((place, only)) if !place.contains(':') || place.ends_with(']') => (place, Some(only)),
        _ => (entry, None),
    };
    if only_port.is_some_and(|only| only.parse() != Ok(port)) {
        return false;
    }
    let place = bare(place);
    if let Ok(address) = host.parse::<IpAddr>() {
        return is_in_range(address, place);
    }
    let name = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    let host = name(host);
    let domain = name(
        place
            .strip_prefix('*')
            .unwrap_or(place)
            .trim_start_matches('.'),
    );
    !domain.is_empty()
        && host
            .strip_suffix(domain.as_str())
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// True where `range` is this address, or a range in CIDR notation that holds it.
fn is_in_range(address: IpAddr, range: &str) -> bool {
    let (network, bits) = range.split_once('/').unwrap_or((range, ""));
    let Ok(network) = network.parse::<IpAddr>() else {
        return false;
    };
    let (number, width) = bits_of(address);
    let (network, network_width) = bits_of(network);
    let bits = if bits.is_empty() {
        Ok(width)
    } else {
        bits.parse()
    };
    let Some(host_bits) = bits.ok().and_then(|bits| width.checked_sub(bits)) else {
        return false;
    };
    // A shift by all of the 128 bits leaves nothing to compare.
    let prefix = |number: u128| number.checked_shr(host_bits).unwrap_or_default();
    width == network_width && prefix(number) == prefix(network)
}

fn bits_of(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (address.to_bits().into(), u32::BITS),
        IpAddr::V6(address) => (address.to_bits(), u128::BITS),
    }
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

/// Variables that name a proxy for https, strongest first: curl's order. `http_proxy` is not among
/// them: plain http is for this machine alone, which no proxy serves.
const PROXY_VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// Variables that name hosts without a proxy, strongest first.
const EXEMPTION_VARIABLES: [&str; 2] = ["no_proxy", "NO_PROXY"];
/// Port of an http proxy that is named without one; curl's choice.
const HTTP_PROXY_PORT: u16 = 1080;
/// Port of an https proxy that is named without one.
const HTTPS_PROXY_PORT: u16 = 443;
/// Characters from which a scheme is none of SOCKS, whose longest is `socks5h`.
const SOCKS_CHARS_MAX: usize = 8;
