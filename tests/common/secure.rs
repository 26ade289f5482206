//! TLS on loopback: an authority of its own, a server that puts a platform behind TLS and may end its
//! connections badly, and a proxy that opens tunnels to it.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "shared by test binaries that each use a part of it; a broken helper should panic"
)]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A host that nobody has: only a proxy leads to it.
pub const HOST: &str = "pacer.example";

/// An authority of our own.
pub struct Authority {
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What a server shows, and its key.
pub type Identity = (CertificateDer<'static>, KeyPair);

/// One connection of a server.
pub type Connection = StreamOwned<ServerConnection, TcpStream>;

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    pub fn issue(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), key)
    }

    /// The identity of `host`, with nothing wrong about it.
    pub fn identity(&self, host: &str) -> Identity {
        self.issue(&params(host))
    }
}

pub fn params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

pub fn config(identity: &Identity) -> Arc<ServerConfig> {
    let (certificate, key) = identity;
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    Arc::new(config)
}

/// A server on loopback that gives each connection to `serve`, in a thread of its own. Returns its port.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    port
}

/// The same, behind TLS. The end of `serve` closes the connection without a TLS close.
pub fn listen_tls(
    config: Arc<ServerConfig>,
    serve: impl Fn(&mut Connection) + Send + Sync + 'static,
) -> u16 {
    listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        serve(&mut StreamOwned::new(connection, stream));
    })
}

/// How a server ends its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// It leaves them open.
    Never,
    /// After each answer, without saying so.
    AfterAnswer,
    /// Where a second request arrives: until then they look usable.
    AtSecondRequest,
}

/// Hands requests on to the platform, one after the other, until the connection ends.
pub fn relay(stream: &mut (impl Read + Write), platform: SocketAddr, ends: Ends) {
    let mut buffer = Vec::new();
    let mut is_first = true;
    while let Some(request) = read_message(stream, &mut buffer) {
        if ends == Ends::AtSecondRequest && !is_first {
            return;
        }
        is_first = false;
        let mut upstream = TcpStream::connect(platform).unwrap();
        upstream.write_all(&request).unwrap();
        let Some(answer) = read_message(&mut upstream, &mut Vec::new()) else {
            return;
        };
        if stream
            .write_all(&answer)
            .and_then(|()| stream.flush())
            .is_err()
            || ends == Ends::AfterAnswer
        {
            return;
        }
    }
}

/// A head, and as many bytes as its `Content-Length` says.
pub fn read_message(stream: &mut impl Read, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut wanted = None;
    loop {
        if wanted.is_none()
            && let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&buffer[..at]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.trim().parse().ok());
            wanted = Some(at + 4 + length.unwrap_or(0));
        }
        if let Some(wanted) = wanted.filter(|wanted| buffer.len() >= *wanted) {
            let rest = buffer.split_off(wanted);
            return Some(std::mem::replace(buffer, rest));
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(n) => buffer.extend_from_slice(&chunk[..n]),
        }
    }
}

/// What a proxy does with a CONNECT.
#[derive(Clone, Debug)]
pub enum Tunnel {
    /// It opens the tunnel to this port of loopback, whatever was asked for.
    To(u16),
    /// It answers with these bytes, and closes.
    Answer(String),
    /// It answers a byte now and then, and never ends.
    Drip,
    /// It says nothing until the client goes.
    Hang,
}

/// A proxy on loopback.
pub struct Proxy {
    pub port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub fn start(answer: impl Fn(&str) -> Tunnel + Send + Sync + 'static) -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let port = listen({
            let heads = Arc::clone(&heads);
            move |mut client| {
                let socket = client.try_clone().unwrap();
                proxy(&mut client, &socket, &heads, &answer);
            }
        });
        Self { port, heads }
    }

    /// A proxy that is reached over TLS.
    pub fn start_secure(
        config: Arc<ServerConfig>,
        answer: impl Fn(&str) -> Tunnel + Send + Sync + 'static,
    ) -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let port = listen_tls(config, {
            let heads = Arc::clone(&heads);
            move |client| {
                let socket = client.sock.try_clone().unwrap();
                proxy(client, &socket, &heads, &answer);
            }
        });
        Self { port, heads }
    }

    /// Opens every tunnel to this port.
    pub fn to(port: u16) -> Self {
        Self::start(move |_| Tunnel::To(port))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The heads of the requests that arrived.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn proxy(
    client: &mut (impl Read + Write),
    socket: &TcpStream,
    heads: &Mutex<Vec<String>>,
    answer: &dyn Fn(&str) -> Tunnel,
) {
    let Some(head) = read_message(client, &mut Vec::new()) else {
        return;
    };
    let head = String::from_utf8(head).unwrap();
    let reply = answer(&head);
    heads.lock().unwrap().push(head);
    match reply {
        Tunnel::To(port) => {
            let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
            let _ = client.flush();
            for socket in [socket, &server] {
                socket.set_read_timeout(Some(TURN)).unwrap();
            }
            while pass_on(client, &mut server) && pass_on(&mut server, client) {}
        }
        Tunnel::Answer(text) => {
            let _ = client.write_all(text.as_bytes());
            let _ = client.flush();
            let _ = socket.shutdown(Shutdown::Write);
        }
        Tunnel::Drip => {
            let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\nX: ");
            while client.write_all(b"x").is_ok() {
                #[expect(clippy::disallowed_methods, reason = "it is what a drip does")]
                thread::sleep(TURN);
            }
        }
        Tunnel::Hang => {
            let _ = client.read(&mut [0]);
        }
    }
}

/// Passes on what has arrived; false once one side has ended.
fn pass_on(from: &mut impl Read, to: &mut impl Write) -> bool {
    let mut bytes = [0; 4096];
    match from.read(&mut bytes) {
        Ok(0) => false,
        Ok(n) => to.write_all(&bytes[..n]).and_then(|()| to.flush()).is_ok(),
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

/// How long one side of a tunnel is listened to before it is the other's turn.
const TURN: Duration = Duration::from_millis(2);
