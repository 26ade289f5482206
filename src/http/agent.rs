//! The one constructor of the HTTP library's agent: verified TLS, no redirects, limits on everything.

use std::sync::Arc;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::address::HostScope;
use super::bounds::{BUFFER_BYTES, CONNECT_TIMEOUT, HEADER_BYTES_MAX, IDLE_MAX, USER_AGENT};
use super::dial::Dialer;
use super::message::ACCEPT;
use super::proxy::Proxy;
use super::resolve::NameResolver;

/// An agent, through `proxy` if there is one. `authorities` are trusted besides those of the machine.
pub(super) fn agent(
    scope: HostScope,
    proxy: Option<&Proxy>,
    authorities: &[Certificate<'static>],
) -> Agent {
    let builder = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .https_only(scope == HostScope::Remote)
        .user_agent(USER_AGENT)
        .accept(ACCEPT)
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        // The dialer knows the proxy; the library would ask the environment.
        .proxy(None)
        .max_response_header_size(HEADER_BYTES_MAX)
        .input_buffer_size(BUFFER_BYTES)
        .output_buffer_size(BUFFER_BYTES)
        .max_idle_age(IDLE_MAX)
        .tls_config(TlsConfig::builder().root_certs(roots(authorities)).build());
    let builder = match scope {
        // A new connection costs nothing on this machine. On a reused one, a server that sends
        // header and body separately waits 40 ms for the delayed acknowledgement.
        HostScope::Loopback => builder.max_idle_connections(0),
        HostScope::Remote => builder,
    };
    let resolver = NameResolver {
        proxy: proxy.map(|proxy| proxy.uri.clone()),
    };
    Agent::with_parts(builder.build(), Dialer::new(proxy.cloned()), resolver)
}

/// The machine's certificate authorities, and `authorities`.
fn roots(authorities: &[Certificate<'static>]) -> RootCerts {
    if authorities.is_empty() {
        return RootCerts::PlatformVerifier;
    }
    let native = rustls_native_certs::load_native_certs().certs;
    let native = native
        .iter()
        .map(|der| Certificate::from_der(der).to_owned());
    RootCerts::Specific(Arc::new(
        native.chain(authorities.iter().cloned()).collect(),
    ))
}
