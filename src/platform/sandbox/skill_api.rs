//! The sandbox's skill: its general settings, and the simulated world that they drive.

use std::io;

use serde_json::{Map, Value};

use super::server::{Reply, ServerRequest};
use super::skills::answers::{self, AgentCounts, CallCounts};
use super::skills::{self, Rules, SkillsCall, refuse};
use super::warehouse::{WAREHOUSE_PATH, warehouse};
use super::world::{KeptSkill, SandboxSettings, SandboxWorld};
use crate::base::units::UnixMillis;
use crate::sim::{
    Agents, AnswerRate, Calls, DialerKind, Dialing, Distribution, Lever, Scenario, Shift,
};

/// The API and its skill.
pub(super) struct SkillApi {
    pub(super) world: SandboxWorld,
}

/// The world of a sandbox without a scenario: a team for which a ratio set by hand is too high.
#[must_use]
pub fn default_scenario() -> Scenario {
    Scenario {
        name: "skill".to_owned(),
        description: "Twenty agents, two in five people answer, and a ratio of 3 set by hand."
            .to_owned(),
        dialer: Dialing {
            kind: DialerKind::Ratio,
            ..Dialing::default()
        },
        calls: Calls {
            talk: Distribution::Lognormal {
                mean_secs: 90.0,
                cv: 1.0,
            },
            ..Calls::default()
        },
        agents: Agents {
            roster: vec![Shift {
                from_secs: 0.0,
                count: 20,
            }],
            ..Agents::default()
        },
        answer_rate: AnswerRate {
            base: 0.4,
            ..AnswerRate::default()
        },
        ..Scenario::default()
    }
}

impl SkillApi {
    /// Opens the skill of earlier runs, or a new one that has a ratio set by hand.
    pub(super) fn open(sandbox: &SandboxSettings) -> io::Result<Self> {
        let mut settings = answers::general_settings();
        settings.insert(RATIO.to_owned(), RATIO_BY_HAND.into());
        let dialer = &sandbox.scenario.dialer.ratio;
        if dialer.abandonment_threshold > 0.0 {
            for (name, share) in [
                ("abandonRateThreshold", dialer.abandonment_threshold),
                ("abandonRateCutoff", dialer.abandonment_cutoff),
            ] {
                settings.insert(name.to_owned(), (share * 100.0).into());
            }
        }
        let skill = KeptSkill {
            settings,
            is_started: true,
            since: UnixMillis(0),
        };
        let world = SandboxWorld::open(sandbox, skill.lever(), Some(skill))?;
        Ok(Self { world })
    }

    pub(super) fn answer(&mut self, request: &ServerRequest) -> Reply {
        let mut reply = self.route(request).unwrap_or_else(|refusal| refusal);
        let date = answers::http_date(self.world.clock_now());
        reply.headers.push(("Date", date));
        reply
    }

    fn route(&mut self, request: &ServerRequest) -> Result<Reply, Reply> {
        if request.path() == WAREHOUSE_PATH {
            return warehouse(request, &RECORD_FIELDS);
        }
        let asked = skills::read(
            request,
            &Rules {
                skill: SKILL_ID,
                now: self.world.clock_now(),
                is_served: &|_, version| (VERSIONS.0..=VERSIONS.1).contains(&version),
                is_valid: &|token| token == answers::token(TOKEN),
            },
        )?;
        let base = format!("http://{}", request.header("host").unwrap_or_default());
        self.follow(asked, &base)
    }

    fn follow(&mut self, asked: SkillsCall, base: &str) -> Result<Reply, Reply> {
        let is_key = |id: &str, secret: &str| (id, secret) == (KEY_ID, KEY_SECRET);
        let answer = match asked {
            SkillsCall::AccessKey { id, secret } | SkillsCall::Password { id, secret, .. } => {
                if !is_key(&id, &secret) {
                    return Err(refuse(401, "Unauthorized"));
                }
                answers::login(&answers::token(TOKEN))
            }
            SkillsCall::OpenId => answers::openid(base),
            SkillsCall::Discovery { tenant } if tenant == answers::TENANT => {
                answers::discovery(base)
            }
            SkillsCall::Discovery { .. } => return Err(refuse(404, "Invalid tenantId")),
            SkillsCall::Skill => answers::skill(SKILL_ID, self.is_running()),
            SkillsCall::Activity => {
                answers::activity(SKILL_ID, self.agents(), self.world.clock_now())
            }
            SkillsCall::Summary { start, end } => {
                if self.world.poll_fails() {
                    return Err(refuse(503, "the scenario makes this poll fail"));
                }
                answers::summary(SKILL_ID, self.agents(), self.calls(start, end))
            }
            SkillsCall::Settings => self.skill()?.settings.into(),
            SkillsCall::Change(fields) => return self.change(fields),
            SkillsCall::BusinessUnit => answers::business_unit(TIME_ZONE),
            SkillsCall::Start => return self.turn(true),
            SkillsCall::Stop { .. } => return self.turn(false),
        };
        Ok(Reply::json(200, &answer))
    }

    fn skill(&self) -> Result<KeptSkill, Reply> {
        let skill = self.world.skill().cloned();
        skill.ok_or_else(|| refuse(500, "the sandbox has lost its skill"))
    }

    /// Fields that are not in the body stay as they are.
    fn change(&mut self, fields: Map<String, Value>) -> Result<Reply, Reply> {
        if self.world.patch_fails() {
            return Err(refuse(503, "the scenario makes this change fail"));
        }
        let mut skill = self.skill()?;
        skill.settings.extend(fields);
        self.set(skill, 200)
    }

    fn turn(&mut self, on: bool) -> Result<Reply, Reply> {
        match (on, self.is_running()) {
            (true, true) => Err(refuse(409, "Invalid state.  Cannot start skill")),
            (false, false) => Err(refuse(404, "Invalid skillId: a non-running skill")),
            _ => {
                let skill = KeptSkill {
                    is_started: on,
                    since: self.world.clock_now(),
                    ..self.skill()?
                };
                self.set(skill, 202)
            }
        }
    }

    fn set(&mut self, skill: KeptSkill, status: u16) -> Result<Reply, Reply> {
        self.world
            .set(skill.lever(), Some(skill))
            .map_err(|error| refuse(500, &format!("the sandbox cannot save its skill: {error}")))?;
        Ok(Reply {
            status,
            headers: Vec::new(),
            body: String::new(),
        })
    }

    /// What the skill shows, which follows a start or a stop some seconds later.
    fn is_running(&self) -> bool {
        let now = self.world.clock_now();
        self.world.skill().is_some_and(|skill| {
            let is_settled = now.0.saturating_sub(skill.since.0) >= TURNING_MILLIS;
            skill.is_started == is_settled
        })
    }

    fn agents(&mut self) -> AgentCounts {
        let (world, now_secs) = self.world.now();
        let agents = world.agents(now_secs);
        AgentCounts {
            available: agents.idle,
            working: agents.talking,
            wrap_up: agents.in_wrap_up,
            unavailable: agents.on_break,
        }
    }

    /// The calls of a range, as far as they are reported by now.
    fn calls(&mut self, start: UnixMillis, end: UnixMillis) -> CallCounts {
        let dialer = &self.world.scenario().dialer.ratio;
        let (lag_secs, batch_secs) = (dialer.report_lag_secs, dialer.report_batch_secs);
        let (start, end) = (self.world.secs_at(start), self.world.secs_at(end));
        let (world, now_secs) = self.world.now();
        let mut reported = now_secs - lag_secs;
        if batch_secs > 0.0 {
            reported = (reported / batch_secs).floor() * batch_secs;
        }
        let before = world.totals(start.min(reported));
        let after = world.totals(end.min(reported));
        CallCounts {
            dials: after.ended.saturating_sub(before.ended),
            connects: after.answered.saturating_sub(before.answered),
            abandons: after.abandoned.saturating_sub(before.abandoned),
        }
    }
}

impl KeptSkill {
    /// The position that the settings set the dialer to.
    fn lever(&self) -> Lever {
        let number = |name: &str| {
            let number = self.settings.get(name).and_then(Value::as_u64);
            number.and_then(|number| u32::try_from(number).ok())
        };
        let is_single = self.settings.get("blockMultipleCalls") == Some(&true.into());
        let ratio = number(RATIO).filter(|_| !is_single).unwrap_or(1);
        Lever::Ratio {
            hundredths: if self.is_started { ratio * 100 } else { 0 },
            overdial_percent: number("percentageOfAgentsBeforeOverdial").unwrap_or(0),
        }
    }
}

/// Id of the sandbox's skill.
pub const SKILL_ID: u32 = 4711;
/// Id of the sandbox's access key.
pub const KEY_ID: &str = "SANDBOX====";
/// Its secret; not confidential, since it opens nothing else.
pub const KEY_SECRET: &str = "sandbox-secret====";
const TOKEN: &str = "sandbox-token";
const RATIO: &str = "maximumRatio";
/// Ratio of a new skill, calls per agent.
const RATIO_BY_HAND: u32 = 3;
/// The lowest and the highest version that is served.
const VERSIONS: (u32, u32) = (20, 34);
/// Time until a start or a stop shows, ms.
const TURNING_MILLIS: i64 = 10_000;
/// Time zone of the business unit.
const TIME_ZONE: &str = "America/Denver";
/// The fields of a skill's record, sorted as in the map that it is read into.
const RECORD_FIELDS: [&str; 15] = [
    "abandonmentBasis",
    "abandonmentLimit",
    "abandonmentRate",
    "answerRate",
    "availableAgents",
    "busyAgents",
    "maxRatio",
    "minRatio",
    "newRatio",
    "policy",
    "previousRatio",
    "reasonCode",
    "skillId",
    "staffedAgents",
    "timestamp",
];
