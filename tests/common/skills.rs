//! A tenant with one skill, as strict as the contract: the sandbox's rules decide what is refused,
//! and a test decides everything else.

use std::collections::{HashMap, VecDeque};
use std::process::Command;

use dialpace::base::clock::{Clock as _, SystemClock};
use dialpace::base::units::UnixMillis;
use dialpace::platform::sandbox::ServerRequest;
use dialpace::platform::sandbox::skills::answers::{self, AgentCounts, CallCounts};
use dialpace::platform::sandbox::skills::{Rules, SkillsCall, is_flag, read, refuse};
use serde_json::{Map, Value, json};

use super::{Contract, Folder, Reply, Request, SECRET, Served, TOKEN, deliver};

pub const SKILL: u32 = 4711;
pub const KEY_ID: &str = "KEYID7====";
/// The secret of the access key; it ends as real ones do.
pub const KEY_SECRET: &str = "canary-secret-9f8e7d====";
/// The application of the password grant.
pub const APP_ID: &str = "app-1";
/// 2026-03-02T14:30:05Z, a Monday: where the server's clock begins.
pub const BEGIN: UnixMillis = UnixMillis(1_772_461_805_000);

/// The tenant and, under `/warehouse`, a warehouse.
pub type Skills = Served<SkillsWorld>;

/// Which of the calls a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    Login,
    Password,
    OpenId,
    Discovery,
    Skill,
    Activity,
    Summary,
    Settings,
    Put,
    BusinessUnit,
    Start,
    Stop,
    Warehouse,
    /// None that the contract knows.
    Unknown,
}

/// What a PUT does with the fields that it does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personality {
    /// They stay.
    Merge,
    /// They stay, but an absent boolean is false.
    Replace,
    /// They stay, and a body with more than two fields is refused.
    RefuseFull,
}

type Reshape = Box<dyn Fn(Value) -> Value + Send>;
type Hook = Box<dyn FnOnce(&mut SkillsWorld) + Send>;

/// What the tenant knows, and how it answers.
pub struct SkillsWorld {
    base: String,
    clock: SystemClock,
    advanced_millis: i64,
    pub agents: AgentCounts,
    pub time_zone: String,
    pub is_running: bool,
    /// GETs of the skill after which a start or a stop shows; `None`: never.
    pub control_takes_after: Option<usize>,
    turning: Option<(bool, usize)>,
    pub settings: Map<String, Value>,
    pub personality: Personality,
    /// Highest ratio that a PUT can set.
    pub clamps: Option<u64>,
    /// What a PUT changes besides, one for each PUT that is applied.
    pub spoils: VecDeque<(&'static str, Value)>,
    /// GETs of the settings after which a PUT shows.
    pub shows_after: usize,
    pub ignores_puts: bool,
    coming: Option<(Map<String, Value>, usize)>,
    /// Status and body of the answer to a PUT.
    pub put_answer: (u16, &'static str),
    /// Calls: when, and how many dials, connects and abandons more.
    pub traffic: Vec<(UnixMillis, [i64; 3])>,
    /// Calls in the last second of each range that ends later than any before.
    pub per_summary: [i64; 3],
    /// Milliseconds by which calls are reported late.
    pub lag_millis: i64,
    /// Calls are reported at each quarter of an hour.
    pub is_batched: bool,
    last_end: UnixMillis,
    /// Versions that are served, by operation; 30 where it is not here.
    pub versions: HashMap<&'static str, u32>,
    /// What becomes of the answer to a call.
    pub reshapes: HashMap<Call, Reshape>,
    hooks: Vec<(Call, usize, Hook)>,
    pub tokens_issued: u32,
    /// Tokens up to this one are no longer good.
    pub tokens_revoked: u32,
    pub requests: Vec<Request>,
    /// What the rules refused, with the request.
    pub refused: Vec<String>,
    /// Fields of the PUTs that were accepted.
    pub writes: Vec<Map<String, Value>>,
    /// Ratios that were in force, in order.
    pub ratios: Vec<Value>,
    /// Starts and stops that were accepted.
    pub controls: Vec<Call>,
    /// (key, body) in the order in which they were accepted.
    pub records: Vec<(String, String)>,
}

impl SkillsWorld {
    fn new() -> Self {
        let settings = answers::general_settings();
        Self {
            base: String::new(),
            clock: SystemClock::start(),
            advanced_millis: 0,
            agents: AgentCounts {
                available: 6,
                working: 11,
                wrap_up: 2,
                unavailable: 3,
            },
            time_zone: "America/Denver".to_owned(),
            is_running: true,
            control_takes_after: Some(2),
            turning: None,
            ratios: vec![settings["maximumRatio"].clone()],
            settings,
            personality: Personality::Merge,
            clamps: None,
            spoils: VecDeque::new(),
            shows_after: 0,
            ignores_puts: false,
            coming: None,
            put_answer: (200, ""),
            traffic: vec![(UnixMillis(BEGIN.0 - 3_600_000), [3310, 994, 14])],
            per_summary: [60, 18, 0],
            lag_millis: 0,
            is_batched: false,
            last_end: UnixMillis(0),
            versions: HashMap::new(),
            reshapes: HashMap::new(),
            hooks: Vec::new(),
            tokens_issued: 0,
            tokens_revoked: 0,
            requests: Vec::new(),
            refused: Vec::new(),
            writes: Vec::new(),
            controls: Vec::new(),
            records: Vec::new(),
        }
    }

    /// The server's time: it passes, and is put forward by [`SkillsWorld::advance`].
    pub fn now(&self) -> UnixMillis {
        let passed = i64::try_from(self.clock.monotonic().as_millis()).unwrap();
        UnixMillis(BEGIN.0 + self.advanced_millis + passed)
    }

    pub fn advance(&mut self, secs: i64) {
        self.advanced_millis += secs * 1000;
    }

    /// Changes what a call answers.
    pub fn reshape(&mut self, call: Call, reshape: impl Fn(Value) -> Value + Send + 'static) {
        self.reshapes.insert(call, Box::new(reshape));
    }

    /// Does something right before the `nth` request (from 0) of a kind is answered.
    pub fn before(
        &mut self,
        call: Call,
        nth: usize,
        hook: impl FnOnce(&mut Self) + Send + 'static,
    ) {
        self.hooks.push((call, nth, Box::new(hook)));
    }

    /// Sets a field by hand, as a person would in the platform's own pages.
    pub fn set(&mut self, field: &str, value: Value) {
        self.settings.insert(field.to_owned(), value);
        self.note_ratio();
    }

    pub fn ratio(&self) -> &Value {
        &self.settings["maximumRatio"]
    }

    /// The highest ratio that was ever in force.
    pub fn highest(&self) -> u64 {
        self.ratios.iter().filter_map(Value::as_u64).max().unwrap()
    }

    fn note_ratio(&mut self) {
        if self.ratios.last() != self.settings.get("maximumRatio") {
            self.ratios.push(self.settings["maximumRatio"].clone());
        }
    }

    fn token_number(&self, token: &str) -> Option<u32> {
        (self.tokens_revoked..self.tokens_issued).find(|n| token == access_token(*n))
    }

    fn login(&mut self) -> Value {
        let token = access_token(self.tokens_issued);
        self.tokens_issued += 1;
        answers::login(&token)
    }

    fn summary(&mut self, start: UnixMillis, end: UnixMillis) -> Value {
        if end > self.last_end {
            self.last_end = end;
            self.traffic
                .push((UnixMillis(end.0 - 1000), self.per_summary));
        }
        let mut until = end.0.min(self.now().0 - self.lag_millis);
        if self.is_batched {
            until = until.div_euclid(900_000) * 900_000;
        }
        let in_range = |at: UnixMillis| at >= start && at.0 < until;
        let told = self.traffic.iter().filter(|(at, _)| in_range(*at));
        let sum = told.fold([0; 3], |sum: [i64; 3], (_, more)| {
            [sum[0] + more[0], sum[1] + more[1], sum[2] + more[2]]
        });
        let [dials, connects, abandons] = sum.map(|n| u64::try_from(n).unwrap_or(0));
        let calls = CallCounts {
            dials,
            connects,
            abandons,
        };
        answers::summary(SKILL, self.agents, calls)
    }

    fn shown_settings(&mut self) -> Value {
        if let Some((settings, gets)) = self.coming.take() {
            if gets == 0 {
                self.settings = settings;
                self.note_ratio();
            } else {
                self.coming = Some((settings, gets - 1));
            }
        }
        self.settings.clone().into()
    }

    fn put(&mut self, fields: Map<String, Value>) -> Reply {
        if self.personality == Personality::RefuseFull && fields.len() > 2 {
            return answer(refuse(400, "Invalid parameter"));
        }
        let mut after = self.settings.clone();
        if self.personality == Personality::Replace {
            for (name, value) in &mut after {
                if is_flag(name) && !fields.contains_key(name) {
                    *value = false.into();
                }
            }
        }
        self.writes.push(fields.clone());
        after.extend(fields);
        if let Some(highest) = self.clamps {
            let ratio = after["maximumRatio"].as_u64();
            after["maximumRatio"] = ratio.map(|ratio| ratio.min(highest)).into();
        }
        if let Some((name, value)) = self.spoils.pop_front() {
            after.insert(name.to_owned(), value);
        }
        if !self.ignores_puts {
            self.coming = Some((after, self.shows_after));
            if self.shows_after == 0 {
                self.shown_settings();
            }
        }
        Reply::Answer(self.put_answer.0, Vec::new(), self.put_answer.1.to_owned())
    }

    fn shown_skill(&mut self) -> Value {
        if let Some((is_running, gets)) = self.turning {
            if gets == 0 {
                self.is_running = is_running;
                self.turning = None;
            } else {
                self.turning = Some((is_running, gets - 1));
            }
        }
        answers::skill(SKILL, self.is_running)
    }

    fn control(&mut self, call: Call) -> Reply {
        let starts = call == Call::Start;
        if self.is_running == starts {
            return answer(if starts {
                refuse(409, "Invalid state.  Cannot start skill")
            } else {
                let text =
                    "Invalid skillId - '4711', not a valid or a non-running Natural Calling skill";
                refuse(404, text)
            });
        }
        self.controls.push(call);
        if self.turning.is_none_or(|(to, _)| to != starts) {
            self.turning = self.control_takes_after.map(|gets| (starts, gets));
        }
        Reply::status(202)
    }

    fn follow(&mut self, asked: SkillsCall) -> Reply {
        let value = match asked {
            SkillsCall::AccessKey { id, secret }
                if (id.as_str(), secret.as_str()) == (KEY_ID, KEY_SECRET) =>
            {
                self.login()
            }
            SkillsCall::AccessKey { .. } => return Reply::status(401),
            SkillsCall::Password { client, .. } if client != format!("{APP_ID}:{SECRET}") => {
                let text = json!({"error": "invalid_client", "errorDescription": "client authentication failed"});
                return Reply::Answer(401, Vec::new(), text.to_string());
            }
            SkillsCall::Password { id, secret, .. }
                if (id.as_str(), secret.as_str()) == (KEY_ID, KEY_SECRET) =>
            {
                self.login()
            }
            SkillsCall::Password { .. } => {
                let text = json!({"error": "invalid_grant", "error_description": "bad key"});
                return Reply::Answer(400, Vec::new(), text.to_string());
            }
            SkillsCall::OpenId => answers::openid(&self.base),
            SkillsCall::Discovery { tenant } if tenant == answers::TENANT => {
                answers::discovery(&self.base)
            }
            SkillsCall::Discovery { .. } => return Reply::status(404),
            SkillsCall::Skill => self.shown_skill(),
            SkillsCall::Activity => answers::activity(SKILL, self.agents, self.now()),
            SkillsCall::Summary { start, end } => self.summary(start, end),
            SkillsCall::Settings => self.shown_settings(),
            SkillsCall::Change(fields) => return self.put(fields),
            SkillsCall::BusinessUnit => answers::business_unit(&self.time_zone),
            SkillsCall::Start => return self.control(Call::Start),
            SkillsCall::Stop { .. } => return self.control(Call::Stop),
        };
        Reply::Answer(
            200,
            vec![("Content-Type", "application/json".to_owned())],
            value.to_string(),
        )
    }

    /// The answer, as the contract has it.
    fn contract(&mut self, request: &Request) -> Reply {
        if request.target == "/warehouse" {
            return deliver(request, &mut self.records);
        }
        let call = request.skills_call();
        let asked = {
            let request = ServerRequest {
                method: request.method.clone(),
                target: request.target.clone(),
                headers: request.headers.clone().into_iter().collect(),
                body: request.body.clone().into_bytes(),
            };
            let is_served =
                |name: &str, version: u32| self.versions.get(name).unwrap_or(&30) == &version;
            let rules = Rules {
                skill: SKILL,
                now: self.now(),
                is_served: &is_served,
                is_valid: &|token| self.token_number(token).is_some(),
            };
            read(&request, &rules)
        };
        match asked {
            Ok(asked) => {
                let reply = self.follow(asked);
                match (reply, self.reshapes.get(&call)) {
                    (Reply::Answer(200, headers, body), Some(reshape)) => {
                        let value = serde_json::from_str(&body).unwrap();
                        Reply::Answer(200, headers, reshape(value).to_string())
                    }
                    (reply, _) => reply,
                }
            }
            Err(refusal) => {
                let reasons: Vec<&str> = refusal.headers.iter().map(|(_, v)| v.as_str()).collect();
                if refusal.status != 401 {
                    self.refused.push(format!(
                        "{} {} {}: {} {} {}",
                        request.method,
                        request.target,
                        request.body,
                        refusal.status,
                        reasons.concat(),
                        refusal.body
                    ));
                }
                answer(refusal)
            }
        }
    }
}

impl Contract for SkillsWorld {
    fn answer(&mut self, request: &Request) -> Reply {
        match self.contract(request) {
            Reply::Answer(status, mut headers, body) => {
                headers.push(("Date", answers::http_date(self.now())));
                Reply::Answer(status, headers, body)
            }
            other => other,
        }
    }

    fn arrived(&mut self, request: &Request) -> usize {
        let call = request.skills_call();
        let nth = self.count(call);
        self.requests.push(request.clone());
        let is_due = |(hook_call, hook_nth, _): &mut (Call, usize, Hook)| {
            (*hook_call, *hook_nth) == (call, nth)
        };
        let due: Vec<_> = self.hooks.extract_if(.., is_due).collect();
        for (_, _, hook) in due {
            hook(self);
        }
        nth
    }
}

impl SkillsWorld {
    pub fn count(&self, call: Call) -> usize {
        self.requests
            .iter()
            .filter(|r| r.skills_call() == call)
            .count()
    }
}

impl Skills {
    /// A tenant that follows the contract.
    pub fn tenant() -> Self {
        Self::tenant_that(|_, _| Reply::Contract)
    }

    /// A tenant that answers as `script` says.
    pub fn tenant_that(script: impl FnMut(&Request, usize) -> Reply + Send + 'static) -> Self {
        let skills = Self::of(SkillsWorld::new(), script);
        skills.world().base = skills.site();
        skills
    }

    /// Scripts one call from now on.
    pub fn fault(&self, call: Call, mut script: impl FnMut(usize) -> Reply + Send + 'static) {
        self.script(move |request, nth| {
            if request.skills_call() == call {
                script(nth)
            } else {
                Reply::Contract
            }
        });
    }

    /// No fault from now on.
    pub fn recover(&self) {
        self.script(|_, _| Reply::Contract);
    }

    pub fn calls(&self) -> Vec<Call> {
        let world = self.world();
        world.requests.iter().map(Request::skills_call).collect()
    }

    pub fn count(&self, call: Call) -> usize {
        self.world().count(call)
    }

    /// Fails where the rules refused anything.
    #[track_caller]
    pub fn refused_nothing(&self) {
        let world = self.world();
        assert!(world.refused.is_empty(), "{:#?}", world.refused);
    }

    pub fn warehouse(&self) -> String {
        format!("{}/warehouse", self.site())
    }
}

impl Request {
    /// Which of the tenant's calls it is.
    pub fn skills_call(&self) -> Call {
        let path = self.target.split('?').next().unwrap().to_ascii_lowercase();
        let below = path.strip_prefix("/incontactapi/services/v");
        let below = below
            .and_then(|path| path.split_once('/'))
            .map(|(_, path)| path);
        let operation = below.map(|path| match path.strip_prefix("skills/") {
            Some(path) => path.split_once('/').map_or("", |(_, rest)| rest),
            None => path,
        });
        match (self.method.as_str(), operation.unwrap_or(&path)) {
            ("POST", "/authentication/v1/token/access-key") => Call::Login,
            ("POST", "/auth/token") => Call::Password,
            ("GET", "/.well-known/openid-configuration") => Call::OpenId,
            ("GET", "/.well-known/cxone-configuration") => Call::Discovery,
            ("POST", "/warehouse") => Call::Warehouse,
            ("GET", "") => Call::Skill,
            ("GET", "activity") => Call::Activity,
            ("GET", "summary") => Call::Summary,
            ("GET", "parameters/general-settings") => Call::Settings,
            ("PUT", "parameters/general-settings") => Call::Put,
            ("GET", "business-unit") => Call::BusinessUnit,
            ("POST", "start") => Call::Start,
            ("POST", "stop") => Call::Stop,
            _ => Call::Unknown,
        }
    }
}

impl Folder {
    /// Lets time pass for the binary: every time in its state that is about now moves back.
    pub fn age(&self, secs: i64) {
        let now = SystemClock::start().now().0;
        let mut file: Value = serde_json::from_str(&self.read("state.json")).unwrap();
        age_value(&mut file["state"], now, secs * 1000);
        let state = file["state"].to_string();
        let space = uuid::Uuid::from_u128(0x2b7d_90f4_61ac_5e38_8c13_e5a9_7f40_d26b);
        let text = format!("{}:{state}", file["schema"]);
        file["checksum"] = uuid::Uuid::new_v5(&space, text.as_bytes())
            .to_string()
            .into();
        #[expect(clippy::disallowed_methods, reason = "a test's own time")]
        std::fs::write(self.path("state.json"), file.to_string()).unwrap();
    }

    /// A command for the skill of `skills`, with waits too short to notice.
    pub fn skills(&self, skills: &Skills, command: &str, args: &[&str]) -> Command {
        let mut command =
            self.dialpace(&[command, "--platform", "skills", "--state", "state.json"]);
        command
            .args(args)
            .env("DIALPACE_RETRY_WAIT", "1ms")
            .env("CXONE_AUTH_BASE", skills.site())
            .env("CXONE_SKILL_ID", SKILL.to_string())
            .env("CXONE_ACCESS_KEY_ID", KEY_ID)
            .env("CXONE_ACCESS_KEY_SECRET", KEY_SECRET);
        command
    }
}

fn age_value(value: &mut Value, now: i64, millis: i64) {
    match value {
        Value::Number(number) => {
            let at = number.as_i64().filter(|at| (at - now).abs() < 86_400_000);
            if let Some(at) = at {
                *value = (at - millis).into();
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| age_value(item, now, millis)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| age_value(field, now, millis)),
        _ => {}
    }
}

fn access_token(number: u32) -> String {
    answers::token(&format!("{TOKEN}-{number}"))
}

fn answer(reply: dialpace::platform::sandbox::Reply) -> Reply {
    Reply::Answer(reply.status, reply.headers, reply.body)
}

/// The value inside another object.
pub fn inside(name: &'static str) -> impl Fn(Value) -> Value + Send {
    move |value| json!({ name: value })
}

/// Every number and boolean as text: `"3"`, `"True"`.
pub fn quoted(value: Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::Bool(flag) => if flag { "True" } else { "False" }.into(),
        Value::Array(items) => items.into_iter().map(quoted).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, quoted(value)))
            .collect(),
        other => other,
    }
}

/// Every name with a capital, and the two that the vendor misspells.
pub fn capitalised(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(capitalised).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let name = name.replace("vailable", "valiable");
                let (first, rest) = name.split_at(1);
                (first.to_ascii_uppercase() + rest, capitalised(value))
            })
            .collect(),
        other => other,
    }
}
