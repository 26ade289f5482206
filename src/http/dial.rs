//! Opening a connection: TCP, a tunnel through the proxy if there is one, TLS. A failure tells its
//! step, so that it is known that nothing of the request was sent.
//!
//! ureq's own tunnel waits anew for every byte of a proxy's answer, so that a slow one holds a call
//! for ever; and it tells the answer's status in a sentence only.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use secrecy::ExposeSecret;
use ureq::Error;
use ureq::http::Uri;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, TcpConnector, Transport,
    TransportAdapter,
};

use super::bounds::{HEADER_BYTES_MAX, HTTPS_PORT, USER_AGENT};
use super::proxy::Proxy;

/// The connector of a client.
#[derive(Default)]
pub(super) struct Dialer {
    pub(super) proxy: Option<Proxy>,
    tcp: TcpConnector,
    /// TLS to a proxy and TLS to the target, each with the sessions that it may resume.
    proxy_tls: RustlsConnector,
    tls: RustlsConnector,
}

/// A step of opening a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Looking up the name of the host that is connected to.
    Resolve,
    /// TCP to it.
    Connect,
    /// TLS to the proxy.
    SecureProxy,
    /// The proxy's answer.
    Tunnel,
    /// TLS to the target.
    Secure,
}

/// A failure to open a connection, inside of an error of ureq.
#[derive(Debug)]
pub(super) struct DialError {
    pub(super) step: Step,
    pub(super) error: Error,
}

/// An answer with which a proxy opens no tunnel; its status, if it is one.
#[derive(Debug)]
pub(super) struct TunnelRefused(pub(super) Option<u16>);

impl Dialer {
    pub(super) fn new(proxy: Option<Proxy>) -> Self {
        Self {
            proxy,
            ..Self::default()
        }
    }
}

impl Connector for Dialer {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let at = |step| move |error| DialError::at(step, error);
        let details = &reduced(details, details.uri);
        let none: Option<()> = None;
        let mut transport = boxed(self.tcp.connect(details, none).map_err(at(Step::Connect))?)?;
        if let Some(proxy) = &self.proxy {
            let to_proxy = &reduced(details, &proxy.uri);
            let secured = self.proxy_tls.connect(to_proxy, Some(transport));
            transport = boxed(secured.map_err(at(Step::SecureProxy))?)?;
            transport = tunnel(transport, proxy, details).map_err(at(Step::Tunnel))?;
        }
        let secured = self.tls.connect(details, Some(transport));
        boxed(secured.map_err(at(Step::Secure))?).map(Some)
    }
}

/// The same details for `uri`. All requests of a client have the same settings for TLS, so that they
/// share what was prepared for the first.
fn reduced<'a>(details: &ConnectionDetails<'a>, uri: &'a Uri) -> ConnectionDetails<'a> {
    ConnectionDetails {
        uri,
        addrs: details.addrs.clone(),
        config: details.config,
        request_level: false,
        resolver: details.resolver,
        now: details.now,
        timeout: details.timeout,
        current_time: Arc::clone(&details.current_time),
        run_connector: Arc::clone(&details.run_connector),
        register_shutdown: Arc::clone(&details.register_shutdown),
    }
}

fn boxed(transport: Option<impl Transport>) -> Result<Box<dyn Transport>, Error> {
    let transport = transport.ok_or(Error::ConnectionFailed)?;
    Ok(Box::new(transport))
}

/// Has the proxy open a tunnel, within the time of a connection.
fn tunnel(
    transport: Box<dyn Transport>,
    proxy: &Proxy,
    details: &ConnectionDetails,
) -> Result<Box<dyn Transport>, Error> {
    let mut stream = TransportAdapter::new(transport, Arc::clone(&details.current_time));
    stream.set_timeout(details.timeout);
    let host = details.uri.host().unwrap_or_default();
    let port = details.uri.port_u16().unwrap_or(HTTPS_PORT);
    let authorization = proxy
        .authorization
        .as_ref()
        .map_or_else(String::new, |value| {
            format!("Proxy-Authorization: {}\r\n", value.expose_secret())
        });
    let head = format!(
        "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {USER_AGENT}\r\n{authorization}\r\n"
    );
    stream.write_all(head.as_bytes())?;
    match status_of(&read_head(&mut stream)?) {
        Some(200..=299) => Ok(Box::new(Tunnel(stream.into_inner()))),
        status => Err(Error::Other(Box::new(TunnelRefused(status)))),
    }
}

/// The head of the proxy's answer, and nothing of what follows.
fn read_head(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") && head.len() < HEADER_BYTES_MAX
    {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    Ok(head)
}

fn status_of(head: &[u8]) -> Option<u16> {
    let mut answer = httparse::Response::new(&mut []);
    // The status stands before the fields, for which there is no room.
    let _ = answer.parse(head);
    answer.code
}

/// A connection through a proxy: the TLS that it may have is not that of the target.
#[derive(Debug)]
struct Tunnel(Box<dyn Transport>);

impl Transport for Tunnel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }
}

impl DialError {
    pub(super) fn at(step: Step, error: Error) -> Error {
        Error::Other(Box::new(Self { step, error }))
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Dialer").field(&self.proxy).finish()
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.step, self.error)
    }
}

impl std::error::Error for DialError {}

impl fmt::Display for TunnelRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {:?}", self.0)
    }
}

impl std::error::Error for TunnelRefused {}
