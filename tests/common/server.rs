//! A server on loopback that answers by a contract of its world, unless a test scripts a fault.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, header lines, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// As the contract says.
    Contract,
    /// As the contract says, and then the connection is closed without a word of it.
    ContractThenDrop,
    /// What the contract says is done, and this is answered.
    ContractThen(Box<Reply>),
    /// The connection is closed without an answer.
    Drop,
    /// Nothing happens until the server stops.
    Hang,
    /// These bytes, and then the connection is closed.
    Raw(Vec<u8>),
    /// A head, and then a byte now and then.
    Drip,
    /// A head, and then bytes as long as anybody reads.
    Endless,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), String::new())
    }

    pub fn body(body: impl Into<String>) -> Self {
        Self::Answer(200, Vec::new(), body.into())
    }
}

/// What a server knows, and how it answers with that.
pub trait Contract: Send + 'static {
    /// The answer to a request that no script answers.
    fn answer(&mut self, request: &Request) -> Reply;

    /// Keeps a request that has arrived. Returns how many of its kind came before.
    fn arrived(&mut self, request: &Request) -> usize;
}

/// What a test's script answers to the `nth` request (from 0) of its kind.
type Script = Box<dyn FnMut(&Request, usize) -> Reply + Send>;

/// A server and its world. Dropping it stops it.
pub struct Served<W> {
    shared: Arc<Shared<W>>,
    address: SocketAddr,
}

struct Shared<W> {
    world: Mutex<W>,
    script: Mutex<Script>,
    stopping: Mutex<bool>,
    stopped: Condvar,
    /// Connections that were accepted, and of these those that are served.
    connections: Mutex<(u64, u64)>,
    fewer: Condvar,
}

impl<W: Contract> Served<W> {
    /// A server of `world` that answers as `script` says.
    pub fn of(world: W, script: impl FnMut(&Request, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            script: Mutex::new(Box::new(script)),
            stopping: Mutex::new(false),
            stopped: Condvar::new(),
            connections: Mutex::default(),
            fewer: Condvar::new(),
        });
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming() {
                    if *shared.stopping.lock().unwrap() {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    let mut connections = shared.connections.lock().unwrap();
                    *connections = (connections.0 + 1, connections.1 + 1);
                    drop(connections);
                    thread::spawn(move || {
                        serve(stream.unwrap(), &shared);
                        shared.connections.lock().unwrap().1 -= 1;
                        shared.fewer.notify_all();
                    });
                }
            }
        });
        Self { shared, address }
    }

    /// Answers as `script` says from now on.
    pub fn script(&self, script: impl FnMut(&Request, usize) -> Reply + Send + 'static) {
        *self.shared.script.lock().unwrap() = Box::new(script);
    }

    /// Waits until all that arrived is answered. What a killed client sent is not answered any more,
    /// but done all the same.
    pub fn finish_all(&self) {
        let accepted = self.shared.connections.lock().unwrap().0;
        // Connections are accepted in turn, so all that came before this one are known after it.
        drop(TcpStream::connect(self.address).unwrap());
        let mut connections = self.shared.connections.lock().unwrap();
        while connections.0 == accepted || connections.1 > 0 {
            connections = self.shared.fewer.wait(connections).unwrap();
        }
    }

    pub fn site(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn world(&self) -> MutexGuard<'_, W> {
        self.shared.world.lock().unwrap()
    }
}

impl<W> Drop for Served<W> {
    fn drop(&mut self) {
        *self.shared.stopping.lock().unwrap() = true;
        self.shared.stopped.notify_all();
        let _ = TcpStream::connect(self.address);
    }
}

fn serve<W: Contract>(mut stream: TcpStream, shared: &Shared<W>) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer) {
        let nth = shared.world.lock().unwrap().arrived(&request);
        let reply = (shared.script.lock().unwrap())(&request, nth);
        let reply = match reply {
            Reply::Contract => shared.world.lock().unwrap().answer(&request),
            Reply::ContractThen(reply) => {
                shared.world.lock().unwrap().answer(&request);
                *reply
            }
            Reply::ContractThenDrop => {
                shared.world.lock().unwrap().answer(&request);
                Reply::Drop
            }
            other => other,
        };
        match reply {
            Reply::Answer(status, headers, body) => {
                let fields: Vec<String> = headers
                    .iter()
                    .map(|(n, v)| format!("{n}: {v}\r\n"))
                    .collect();
                let text = format!(
                    "HTTP/1.1 {status} X\r\n{}Content-Length: {}\r\n\r\n{body}",
                    fields.concat(),
                    body.len()
                );
                if stream.write_all(text.as_bytes()).is_err() {
                    return;
                }
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Reply::Drip | Reply::Endless => {
                let head = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
                let _ = stream.write_all(head);
                let drips = matches!(reply, Reply::Drip);
                let chunk = if drips { " " } else { &" ".repeat(4096) };
                let text = format!("{:x}\r\n{chunk}\r\n", chunk.len());
                while stream.write_all(text.as_bytes()).is_ok() && !*shared.stopping.lock().unwrap()
                {
                    if drips {
                        #[expect(clippy::disallowed_methods, reason = "it is what a drip does")]
                        thread::sleep(std::time::Duration::from_millis(20));
                    }
                }
                return;
            }
            Reply::Hang => {
                let mut stopping = shared.stopping.lock().unwrap();
                while !*stopping {
                    stopping = shared.stopped.wait(stopping).unwrap();
                }
                return;
            }
            _ => return,
        }
    }
}

fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let mut chunk = [0; 4096];
    let mut fill = |buffer: &mut Vec<u8>| match stream.read(&mut chunk) {
        Ok(0) | Err(_) => None,
        Ok(n) => {
            buffer.extend_from_slice(&chunk[..n]);
            Some(())
        }
    };
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        fill(buffer)?;
    };
    let head = String::from_utf8(buffer[..head_end].to_vec()).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let headers: HashMap<String, String> = lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        })
        .collect();
    let length: usize = headers
        .get("content-length")
        .map_or(0, |l| l.parse().unwrap());
    while buffer.len() < head_end + length {
        fill(buffer)?;
    }
    let rest = buffer.split_off(head_end + length);
    let body = String::from_utf8(buffer.split_off(head_end)).unwrap();
    *buffer = rest;
    Some(Request {
        method: first.next().unwrap().to_owned(),
        target: first.next().unwrap().to_owned(),
        headers,
        body,
    })
}
