//! What the tests share: a folder of their own, the built binary, and a campaign platform on
//! loopback that follows the contract to the letter unless a test scripts a fault.

#![allow(
    clippy::too_many_lines,
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "shared by test binaries that each use a part of it; a broken helper should panic"
)]

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use serde_json::{Value, json};

/// What must never be seen outside a request and the token file.
pub const SECRET: &str = "canary-secret-9f8e7d";
/// The same for every token: `TOKEN-0`, `TOKEN-1`, …
pub const TOKEN: &str = "canary-token-1a2b3c";
pub const CAMPAIGN: &str = "camp-42";
const CAMPAIGNS: &str = "/api/v2/outbound/campaigns/";

/// A folder that is removed when the test ends. By then the secret must be in nothing that the binary
/// wrote into it, and a token in nothing but its cache.
pub struct Folder(PathBuf, Mutex<Vec<PathBuf>>);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path, Mutex::default())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        #[expect(clippy::disallowed_methods, reason = "a test's own input")]
        fs::write(&path, content).unwrap();
        self.1.lock().unwrap().push(path.clone());
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Every regular file below the folder, by its path in it.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        fn walk(folder: &Path, base: &Path, files: &mut Vec<(String, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, base, files);
                } else if path.is_file() {
                    let name = path.strip_prefix(base).unwrap().display().to_string();
                    files.push((name, fs::read(&path).unwrap()));
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.0, &self.0, &mut files);
        files.sort();
        files
    }

    /// The built binary, in this folder, with nothing of the caller's environment.
    pub fn dialpace(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dialpace"));
        command
            .args(args)
            .current_dir(&self.0)
            .env_clear()
            .env("HOME", &self.0)
            .stdin(Stdio::null());
        command
    }

    /// `tick` for the campaign of `platform`, with waits too short to notice.
    pub fn tick(&self, platform: &Platform, args: &[&str]) -> Command {
        let mut command = self.dialpace(&["tick", "--state", "state.json", "--retry-wait", "1ms"]);
        command
            .args(args)
            .env("CXONE_SITE", platform.site())
            .env("CXONE_CLIENT_ID", "client-1")
            .env("CXONE_CLIENT_SECRET", SECRET)
            .env("CAMPAIGN_ID", CAMPAIGN);
        command
    }

    /// `tick` against any site, without a retry.
    pub fn tick_at(&self, site: &str, args: &[&str]) -> Command {
        let mut command = self.dialpace(&["tick", "--state", "state.json", "--retries", "0"]);
        command
            .args(args)
            .env("CXONE_SITE", site)
            .env("CXONE_CLIENT_ID", "client-1")
            .env("CXONE_CLIENT_SECRET", SECRET)
            .env("CAMPAIGN_ID", CAMPAIGN);
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let given = self.1.lock().unwrap().clone();
        let written = if thread::panicking() {
            Vec::new()
        } else {
            self.files()
        };
        let _ = fs::remove_dir_all(&self.0);
        for (name, content) in written {
            if given.contains(&self.0.join(&name)) {
                continue;
            }
            let holds = |canary: &str| {
                let mut places = content.windows(canary.len());
                places.any(|place| place == canary.as_bytes())
            };
            assert!(!holds(SECRET), "the secret is in {name}");
            assert!(
                name.contains(".token") || !holds(TOKEN),
                "a token is in {name}"
            );
        }
    }
}

/// What a finished run left behind.
pub struct Finished {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Fails with everything that was printed unless the exit code is `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "exit code\nstdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }

    /// The one error line on stderr.
    #[track_caller]
    pub fn error(&self) -> &str {
        let errors: Vec<&str> = self
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        assert_eq!(errors.len(), 1, "one error line in: {}", self.stderr);
        errors[0]
    }

    /// The one JSON object on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{}", self.stdout);
        serde_json::from_str(&self.stdout).unwrap()
    }
}

pub trait Run {
    fn finish(&mut self) -> Finished;
}

impl Run for Command {
    /// Runs to the end. A panic of the binary, or a secret in what it prints, fails the test.
    #[track_caller]
    fn finish(&mut self) -> Finished {
        finished(&self.output().unwrap())
    }
}

#[track_caller]
pub fn finished(output: &Output) -> Finished {
    let finished = Finished {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout.clone()).unwrap(),
        stderr: String::from_utf8(output.stderr.clone()).unwrap(),
    };
    for text in [&finished.stdout, &finished.stderr] {
        assert!(!text.contains("panicked"), "{text}");
        assert!(!text.contains(SECRET), "the secret is in: {text}");
        assert!(!text.contains(TOKEN), "a token is in: {text}");
    }
    finished
}

/// Sends a signal, by its name.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

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

    /// Which of the calls it is.
    pub fn call(&self) -> Call {
        let path = self.target.split('?').next().unwrap();
        match (self.method.as_str(), path) {
            ("POST", "/oauth/token") => Call::Token,
            ("POST", "/api/analytics/outbound/details/query") => Call::Metrics,
            ("GET", "/api/v2/agents") => Call::Agents,
            ("GET", path) if path.starts_with(CAMPAIGNS) => Call::Campaign,
            ("PATCH", path) if path.starts_with(CAMPAIGNS) => Call::Patch,
            ("POST", "/warehouse") => Call::Warehouse,
            other => panic!("a request that the contract does not know: {other:?}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    Token,
    Metrics,
    Agents,
    Campaign,
    Patch,
    Warehouse,
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

/// What a test's script answers to the `nth` request (from 0) of its kind.
type Script = Box<dyn FnMut(&Request, usize) -> Reply + Send>;

/// The platform and, under `/warehouse`, a warehouse.
pub struct Platform {
    shared: Arc<Shared>,
    address: std::net::SocketAddr,
}

struct Shared {
    world: Mutex<World>,
    script: Mutex<Script>,
    stopping: Mutex<bool>,
    stopped: Condvar,
    /// Connections that were accepted, and of these those that are served.
    connections: Mutex<(u64, u64)>,
    fewer: Condvar,
}

/// What the platform knows.
pub struct World {
    pub agents: u32,
    pub answer_rate: f64,
    pub dial_rate: u32,
    pub version: u32,
    /// Agents per page; `None`: a plain array.
    pub page_size: Option<u32>,
    pub tokens_issued: u32,
    /// Tokens up to this one are no longer good.
    pub tokens_revoked: u32,
    pub requests: Vec<Request>,
    /// Rates in the order in which they were applied.
    pub applied: Vec<u32>,
    /// (key, body) in the order in which they were accepted.
    pub records: Vec<(String, String)>,
}

impl Platform {
    /// A platform that follows the contract.
    pub fn start() -> Self {
        Self::scripted(|_, _| Reply::Contract)
    }

    /// A platform that answers as `script` says.
    pub fn scripted(script: impl FnMut(&Request, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            world: Mutex::new(World {
                agents: 40,
                answer_rate: 0.7724,
                dial_rate: 0,
                version: 0,
                page_size: None,
                tokens_issued: 0,
                tokens_revoked: 0,
                requests: Vec::new(),
                applied: Vec::new(),
                records: Vec::new(),
            }),
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

    /// A platform on which only `call` is scripted.
    pub fn faulty(call: Call, mut script: impl FnMut(usize) -> Reply + Send + 'static) -> Self {
        Self::scripted(move |request, nth| {
            if request.call() == call {
                script(nth)
            } else {
                Reply::Contract
            }
        })
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

    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    pub fn warehouse(&self) -> String {
        format!("http://{}/warehouse", self.address)
    }

    pub fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.shared.world.lock().unwrap()
    }

    /// The calls that arrived, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.world().requests.iter().map(Request::call).collect()
    }

    pub fn count(&self, call: Call) -> usize {
        self.calls().iter().filter(|c| **c == call).count()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        *self.shared.stopping.lock().unwrap() = true;
        self.shared.stopped.notify_all();
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer) {
        let nth = {
            let mut world = shared.world.lock().unwrap();
            let call = request.call();
            let nth = world.requests.iter().filter(|r| r.call() == call).count();
            world.requests.push(request.clone());
            nth
        };
        let reply = (shared.script.lock().unwrap())(&request, nth);
        let reply = match reply {
            Reply::Contract => contract(&request, &mut shared.world.lock().unwrap()),
            Reply::ContractThen(reply) => {
                contract(&request, &mut shared.world.lock().unwrap());
                *reply
            }
            Reply::ContractThenDrop => {
                contract(&request, &mut shared.world.lock().unwrap());
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

/// The contract, to the letter: whatever differs from it is answered 400 with the difference.
fn contract(request: &Request, world: &mut World) -> Reply {
    let refuse =
        |what: &str| Reply::Answer(400, Vec::new(), json!({ "message": what }).to_string());
    if request.header("accept") != "application/json" {
        return refuse("accept");
    }
    let call = request.call();
    if matches!(call, Call::Token | Call::Warehouse) {
        if !request.header("authorization").is_empty() {
            return refuse("authorization where none belongs");
        }
    } else {
        let good = (world.tokens_revoked..world.tokens_issued)
            .any(|n| request.header("authorization") == format!("Bearer {TOKEN}-{n}"));
        if !good {
            return Reply::status(401);
        }
    }
    match call {
        Call::Token => {
            let wanted =
                format!("grant_type=client_credentials&client_id=client-1&client_secret={SECRET}");
            if request.header("content-type") != "application/x-www-form-urlencoded" {
                return refuse("content type");
            }
            if request.body != wanted {
                return Reply::Answer(401, vec![], json!({"error": "invalid_client"}).to_string());
            }
            let token = format!("{TOKEN}-{}", world.tokens_issued);
            world.tokens_issued += 1;
            let scope = "analytics:read outbound:campaign:read outbound:campaign:write agent:read";
            Reply::body(
                json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": scope })
                    .to_string(),
            )
        }
        Call::Metrics => {
            let wanted = r#"{"select":["campaignId","totalCallsDialed","totalCallsAnswered","answerRate"],"where":"campaignId = 'camp-42'","interval":"PT30S","pageSize":1,"page":1}"#;
            if request.header("content-type") != "application/json" || request.body != wanted {
                return refuse("metrics query");
            }
            Reply::body(metrics_answer(CAMPAIGN, &world.answer_rate.to_string()))
        }
        Call::Agents => agents(request, world),
        Call::Campaign => Reply::Answer(
            200,
            vec![("ETag", format!("\"{}\"", world.version))],
            json!({ "id": CAMPAIGN, "dialRate": world.dial_rate }).to_string(),
        ),
        Call::Patch => {
            let etag = format!("\"{}\"", world.version);
            match request.header("if-match") {
                "*" => {}
                given if given == etag => {}
                "" => return refuse("If-Match"),
                _ => return Reply::status(412),
            }
            let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
            let rate = body["dialRate"]
                .as_u64()
                .and_then(|r| u32::try_from(r).ok());
            match rate {
                Some(rate) if request.body == format!(r#"{{"dialRate":{rate}}}"#) => {
                    world.dial_rate = rate;
                    world.version += 1;
                    world.applied.push(rate);
                    Reply::body(json!({ "id": CAMPAIGN, "dialRate": rate }).to_string())
                }
                _ => refuse("dialRate"),
            }
        }
        Call::Warehouse => {
            let key = request.header("idempotency-key");
            if key.is_empty() {
                return refuse("Idempotency-Key");
            }
            world.records.push((key.to_owned(), request.body.clone()));
            Reply::status(204)
        }
    }
}

fn agents(request: &Request, world: &World) -> Reply {
    let query = request
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let mut fields = query.split('&');
    if fields.next() != Some("state=available") {
        return Reply::status(400);
    }
    let agent = |n: u32| json!({ "agentId": n, "state": "available" });
    let Some(size) = world.page_size else {
        return Reply::body(
            Value::from((0..world.agents).map(agent).collect::<Vec<_>>()).to_string(),
        );
    };
    let page: u32 = fields
        .next()
        .and_then(|field| field.strip_prefix("page="))
        .map_or(1, |page| page.parse().unwrap());
    let first = ((page - 1) * size).min(world.agents);
    let last = (first + size).min(world.agents);
    let on_page: Vec<Value> = (first..last).map(agent).collect();
    Reply::body(
        json!({ "response": on_page, "pageSize": size, "page": page, "totalElements": world.agents })
            .to_string(),
    )
}

/// An answer to the metrics query with `rate` as it stands.
pub fn metrics_answer(campaign: &str, rate: &str) -> String {
    format!(
        r#"{{"response":[{{"campaignId":"{campaign}","totalCallsDialed":1250,"totalCallsAnswered":965,"answerRate":{rate}}}],"pageSize":1,"page":1,"totalElements":1}}"#
    )
}
