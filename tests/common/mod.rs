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

pub mod exchange;
mod server;
pub mod skills;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

pub use server::{Contract, Reply, Request, Served};

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
            assert!(!holds_secret(&content), "the secret is in {name}");
            assert!(
                name.contains(".token") || !holds(&content, TOKEN),
                "a token is in {name}"
            );
        }
    }
}

fn holds(content: &[u8], canary: &str) -> bool {
    let mut places = content.windows(canary.len());
    places.any(|place| place == canary.as_bytes())
}

/// True where the secret is in `content`, as it is, in hex, or in base64 with anything before it.
pub fn holds_secret(content: &[u8]) -> bool {
    let hex: Vec<String> = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let hex = hex.concat();
    let base64 = (0..3).map(|before| {
        let padded = "\0".repeat(before) + SECRET;
        let text = STANDARD_NO_PAD.encode(padded);
        // The first characters depend on what is before, and the last on what follows.
        text[[0, 2, 3][before]..text.len() - 1].to_owned()
    });
    let forms = base64.chain([hex.to_ascii_uppercase(), hex, SECRET.to_owned()]);
    forms.into_iter().any(|form| holds(content, &form))
}

/// What a finished run left behind.
pub struct Finished {
    pub code: i32,
    pub stdout: String,
    /// Messages as level and text.
    pub stderr: String,
    /// Standard error as it is.
    pub log: String,
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
    let log = String::from_utf8(output.stderr.clone()).unwrap();
    let finished = Finished {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout.clone()).unwrap(),
        stderr: messages(&log),
        log,
    };
    for text in [&finished.stdout, &finished.stderr] {
        assert!(!text.contains("panicked"), "{text}");
        assert!(!holds_secret(text.as_bytes()), "the secret is in: {text}");
        assert!(!text.contains(TOKEN), "a token is in: {text}");
    }
    finished
}

/// Messages as level and text, where they are the log of a run: without time, campaign and event.
pub fn messages(log: &str) -> String {
    let plain = |line: &str| {
        let [time, level, _, rest] = line.splitn(4, ' ').collect::<Vec<_>>()[..] else {
            return line.to_owned();
        };
        let is_log = time.len() > 19 && time.ends_with('Z') && time.starts_with("20");
        match rest.split_once(": ") {
            Some((_, message)) if is_log && level == "detail" => message.to_owned(),
            Some((_, message)) if is_log => format!("{level}: {message}"),
            _ => line.to_owned(),
        }
    };
    log.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

/// Sends a signal, by its name.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

impl Request {
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
            ("GET", "/warehouse") => Call::Greeting,
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
    /// Of a check: whether the warehouse answers.
    Greeting,
}

/// The platform and, under `/warehouse`, a warehouse.
pub type Platform = Served<World>;

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

impl Contract for World {
    fn answer(&mut self, request: &Request) -> Reply {
        contract(request, self)
    }

    fn arrived(&mut self, request: &Request) -> usize {
        let call = request.call();
        let nth = self.requests.iter().filter(|r| r.call() == call).count();
        self.requests.push(request.clone());
        nth
    }
}

impl Platform {
    /// A platform that follows the contract.
    pub fn start() -> Self {
        Self::scripted(|_, _| Reply::Contract)
    }

    /// A platform that answers as `script` says.
    pub fn scripted(script: impl FnMut(&Request, usize) -> Reply + Send + 'static) -> Self {
        let world = World {
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
        };
        Self::of(world, script)
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

    pub fn warehouse(&self) -> String {
        format!("{}/warehouse", self.site())
    }

    /// The calls that arrived, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.world().requests.iter().map(Request::call).collect()
    }

    pub fn count(&self, call: Call) -> usize {
        self.calls().iter().filter(|c| **c == call).count()
    }
}

/// The contract, to the letter: whatever differs from it is answered 400 with the difference.
fn contract(request: &Request, world: &mut World) -> Reply {
    let refuse =
        |what: &str| Reply::Answer(400, Vec::new(), json!({ "message": what }).to_string());
    if request.header("accept") != "application/json" {
        return refuse("accept");
    }
    let call = request.call();
    if matches!(call, Call::Token | Call::Warehouse | Call::Greeting) {
        // A warehouse may have credentials of its own.
        let shown = request.header("authorization");
        if shown.contains(TOKEN) || (call == Call::Token && !shown.is_empty()) {
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
        Call::Greeting => Reply::status(405),
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
        Call::Warehouse => deliver(request, &mut world.records),
    }
}

/// A warehouse takes in a record.
fn deliver(request: &Request, records: &mut Vec<(String, String)>) -> Reply {
    let key = request.header("idempotency-key");
    if key.is_empty() {
        return Reply::status(400);
    }
    records.push((key.to_owned(), request.body.clone()));
    Reply::status(204)
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
