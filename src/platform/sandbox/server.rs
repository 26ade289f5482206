//! An HTTP/1.1 server on loopback: one thread per connection, connections kept open.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// A running server; dropping it stops it.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct ServerRequest {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names and values of its header fields.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Names and values of its header fields, besides the length of the body.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: String,
}

impl Server {
    /// Starts a server on a free port of loopback.
    pub(super) fn start(
        handler: impl Fn(&ServerRequest) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let handler = Arc::new(handler);
        let accepting = thread::Builder::new().spawn({
            let stopping = Arc::clone(&stopping);
            move || {
                for stream in listener.incoming() {
                    if stopping.load(Ordering::Acquire) {
                        return;
                    }
                    let handler = Arc::clone(&handler);
                    if let Ok(stream) = stream {
                        // The thread ends when the client closes its connection. Without one, the
                        // connection is closed here, and the client tries again.
                        let serving = move || serve(stream, handler.as_ref());
                        let _ = thread::Builder::new().spawn(serving);
                    }
                }
            }
        });
        let accepting = accepting.map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("there is no thread to be had: {error}"),
            )
        })?;
        Ok(Self {
            address,
            stopping,
            accepting: Some(accepting),
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // The accept loop ends at the next connection, which is this one.
        if TcpStream::connect(self.address).is_ok()
            && let Some(accepting) = self.accepting.take()
        {
            let _ = accepting.join();
        }
    }
}

impl ServerRequest {
    /// The first header field with a name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The target without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or(&self.target)
    }

    /// The query of the target.
    #[must_use]
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

fn serve(mut stream: TcpStream, handler: &dyn Fn(&ServerRequest) -> Reply) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    loop {
        let reply = match read_request(&mut stream, &mut buffer) {
            Ok(Some(request)) => handler(&request),
            Ok(None) | Err(_) => return,
        };
        if stream.write_all(&reply.bytes()).is_err() {
            return;
        }
    }
}

/// Reads one request from `buffer` and the stream; `None` when the client has closed it.
fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<ServerRequest>> {
    let invalid = |problem: &str| io::Error::new(io::ErrorKind::InvalidData, problem.to_owned());
    loop {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut head = httparse::Request::new(&mut headers);
        let parsed = head
            .parse(buffer)
            .map_err(|error| invalid(&error.to_string()))?;
        if let httparse::Status::Complete(head_len) = parsed {
            let mut request = ServerRequest {
                method: head.method.unwrap_or_default().to_owned(),
                target: head.path.unwrap_or_default().to_owned(),
                headers: head
                    .headers
                    .iter()
                    .map(|header| {
                        let value = String::from_utf8_lossy(header.value).into_owned();
                        (header.name.to_owned(), value)
                    })
                    .collect(),
                body: Vec::new(),
            };
            let length = match request.header("content-length") {
                Some(length) => length.parse().map_err(|_| invalid("content-length"))?,
                None => 0,
            };
            if length > REQUEST_BYTES_MAX {
                return Err(invalid("body too large"));
            }
            while buffer.len() < head_len + length {
                if fill(stream, buffer)? == 0 {
                    return Ok(None);
                }
            }
            let rest = buffer.split_off(head_len + length);
            request.body = buffer.split_off(head_len);
            *buffer = rest;
            return Ok(Some(request));
        }
        if buffer.len() > REQUEST_BYTES_MAX {
            return Err(invalid("head too large"));
        }
        if fill(stream, buffer)? == 0 {
            return Ok(None);
        }
    }
}

fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0; 4096];
    let read = stream.read(&mut chunk)?;
    buffer.extend_from_slice(chunk.get(..read).unwrap_or_default());
    Ok(read)
}

impl Reply {
    /// An answer of JSON.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body: body.to_string(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let reason = ureq::http::StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Unknown");
        let fields = self.headers.iter();
        let fields: Vec<String> = fields
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!(
            "HTTP/1.1 {} {reason}\r\n{}Content-Length: {}\r\n\r\n{}",
            self.status,
            fields.concat(),
            self.body.len(),
            self.body
        )
        .into_bytes()
    }
}

/// Most header fields of one request; the client sends about eight.
const HEADERS_MAX: usize = 32;
/// Largest head or body of one request, bytes; the client sends less than a kilobyte.
const REQUEST_BYTES_MAX: usize = 64 * 1024;
