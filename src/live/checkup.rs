//! The questions of `check`: whether a campaign could be paced, each with what to do if not.
//!
//! Nothing is changed anywhere, unless the lever's present value and a test record are asked for.

use std::path::Path;
use std::time::Duration;

use super::access::{Access, SharedAccount};
use super::check::Check;
use super::check_state::about_files;
use super::group::{Group, Ran, side_by_side};
use super::options::SandboxLifetime;
use super::running::CampaignNotices;
use super::sandboxed;
use super::setup::Setup;
use super::store::Store;
use crate::base::clock::Deadline;
use crate::base::files;
use crate::config::Endpoint;
use crate::http::{ClockOff, HostScope};
use crate::pacing::Setpoint;
use crate::platform::sandbox::Sandbox;
use crate::platform::{Applied, Change, Cursor, Platform, Site, TokenCache};
use crate::warehouse::{Record, Warehouse};

/// Asks about each campaign, side by side. `writes`: also whether the lever and the warehouse can be
/// written to.
pub fn check_each(group: &Group, writes: bool) -> anyhow::Result<Vec<Ran<Vec<Check>>>> {
    group.tell_notices();
    let setups = group.setups(SandboxLifetime::Persistent)?;
    group.refuse_shared_files(&setups)?;
    // A folder that does not exist yet is no place for the token.
    let folder = setups.first().map(|setup| files::folder(&setup.state_path));
    let shared = group.shared_account(&setups, folder.is_some_and(Path::exists))?;
    let results = side_by_side(&setups, &|setup| {
        let notices = CampaignNotices::new(group.notices, setup.label());
        let limit = setup.settings.deadline;
        let questions = Questions {
            setup,
            notices: &notices,
            deadline: Deadline::after(group.clock.as_ref(), limit),
            writes,
        };
        let mut checks = about_files(setup, group.clock.now());
        checks.extend(questions.about_platform(shared.as_ref(), group)?);
        Ok(checks)
    });
    Ok(Ran::each(setups, results))
}

struct Questions<'a> {
    setup: &'a Setup<'a>,
    notices: &'a CampaignNotices<'a>,
    deadline: Deadline<'a>,
    writes: bool,
}

impl Questions<'_> {
    fn about_platform(
        &self,
        shared: Option<&SharedAccount>,
        group: &Group,
    ) -> anyhow::Result<Vec<Check>> {
        let setup = self.setup;
        if let Some(access) = &setup.access {
            return self.about_account(access, shared, None);
        }
        let sandbox = setup.start_sandbox(&setup.state_path, group.clock)?;
        let access = sandboxed::access(&sandbox, setup.skill.as_ref())?;
        self.about_account(&access, None, Some(&sandbox))
    }

    fn about_account(
        &self,
        access: &Access,
        shared: Option<&SharedAccount>,
        sandbox: Option<&Sandbox>,
    ) -> anyhow::Result<Vec<Check>> {
        let setup = self.setup;
        let (settings, sources) = (&setup.settings, setup.sources);
        let cache = TokenCache {
            path: files::sibling(&setup.state_path, ".token"),
            writable: sandbox.is_none() && files::folder(&setup.state_path).exists(),
        };
        let own = SharedAccount::open(access, settings, sources, cache, self.notices)?;
        let account = shared.unwrap_or(&own);
        let platform = account.platform(access, settings, self.notices)?;
        let mut checks = self.about_calls(account, platform.as_ref(), &access.host()?);
        checks.push(self.warehouse(sandbox)?);
        Ok(checks)
    }

    /// The host, the login, each call that reads, and the one that writes where that is asked for.
    fn about_calls(
        &self,
        account: &SharedAccount,
        platform: &dyn Platform,
        host: &Site,
    ) -> Vec<Check> {
        let (address, clock, login, write) = ("address", "clock", "login", "write");
        let origin = host.origin();
        let logged_in = account.log_in(&self.deadline);
        let mut looks = Vec::new();
        let mut cursor = Cursor::default();
        if logged_in.is_ok() {
            looks = platform.look(&mut cursor, &self.deadline);
        }
        let failures = logged_in.as_ref().err().into_iter();
        let mut failures =
            failures.chain(looks.iter().filter_map(|look| look.found.as_ref().err()));
        if let Some(error) = failures.find(|error| error.problem.is_unreachable()) {
            let skipped = [clock, login, write].map(Check::skipped);
            let failed = Check::of_call(address, &format!("{origin}: "), error.clone());
            return [failed].into_iter().chain(skipped).collect();
        }
        let how = match host.scope() {
            HostScope::Loopback => "answers",
            HostScope::Remote => "answers, with a certificate that is trusted",
        };
        let mut checks = vec![
            Check::ok(address, format!("{origin} {how}")),
            clock_check(account.clock_off()),
        ];
        if let Err(error) = logged_in {
            let failed = Check::of_call(login, "", error);
            checks.extend([failed, Check::skipped(write)]);
            return checks;
        }
        checks.push(Check::ok(login, "a token was given".to_owned()));
        checks.extend(
            looks
                .into_iter()
                .map(|look| match (look.found, look.doubt) {
                    (Ok(found), None) => Check::ok(look.call, found),
                    (Ok(found), Some(doubt)) => Check::warn(look.call, found, &doubt),
                    (Err(error), _) => Check::of_call(look.call, "", error),
                }),
        );
        checks.push(if self.writes {
            self.write(platform, &mut cursor)
        } else {
            let advice = "check --write sends the lever's present value once more";
            Check {
                advice: advice.to_owned(),
                ..Check::skipped(write)
            }
        });
        checks
    }

    /// Sends the lever's present value once more, under the lock.
    fn write(&self, platform: &dyn Platform, cursor: &mut Cursor) -> Check {
        let name = "write";
        let store = match self.setup.lock() {
            Ok(store) => store,
            Err(error) => return Check::of_state(error).named(name),
        };
        let must_not = || self.why_not_to_dial(&store);
        if let Some(why) = must_not() {
            return Check {
                detail: why,
                ..Check::skipped(name)
            };
        }
        let sent = platform.rewrite(cursor, &must_not, &self.deadline);
        if store.hold().stands() {
            // An order came while it was sent, perhaps behind it.
            let change = Change {
                setpoint: Setpoint::Stopped,
                previous: None,
                version: None,
                is_latched: store.latch().stands(),
                was_stopped: false,
            };
            if let Err(error) = platform.apply(cursor, &change, &self.deadline) {
                return Check::of_call(name, "an operator stopped it meanwhile: ", error);
            }
            // So that a skill that this stopped is started again by resume.
            let _ = store.hold().note_stopped();
        }
        match sent {
            Ok(Applied::Yes { .. } | Applied::Pending) => Check::ok(
                name,
                "the present value, sent once more, was accepted".to_owned(),
            ),
            Ok(Applied::NoAuthority(why)) => Check::warn(name, why, "nothing was written"),
            Ok(Applied::Damaged(what)) => Check::warn(
                name,
                what,
                "a write changes more than it should: try --settings-write partial, and compare in the platform",
            ),
            Ok(_) => Check::warn(
                name,
                "the present value, sent once more, did not take".to_owned(),
                "somebody else may be changing it: try again",
            ),
            Err(error) => Check::of_call(name, "", error),
        }
    }

    /// Why nothing above the lowest may be sent now, if so.
    fn why_not_to_dial(&self, store: &Store) -> Option<String> {
        if store.hold().stands() {
            return Some("an operator stopped it, so nothing is sent".to_owned());
        }
        if store.latch().stands() {
            return Some("writing is latched off, so nothing is sent".to_owned());
        }
        let hours = self.setup.settings.pacing.pacer.hours()?;
        hours.why_closed(self.deadline.clock().now())
    }

    /// Whether the warehouse can be reached, and, where that is asked for, takes a record.
    fn warehouse(&self, sandbox: Option<&Sandbox>) -> anyhow::Result<Check> {
        let name = "warehouse";
        let setup = self.setup;
        let in_sandbox = sandbox.map(|it| Endpoint::Http(it.warehouse(), HostScope::Loopback));
        let Some(endpoint) = setup.settings.warehouse.clone().or(in_sandbox) else {
            let advice = "set --dw-endpoint to have every change recorded";
            let detail = "none is set, so nothing is exported".to_owned();
            return Ok(Check::warn(name, detail, advice));
        };
        let path = match &endpoint {
            Endpoint::File(path) => Some(path.clone()),
            Endpoint::Http(..) => None,
        };
        if let Some(path) = path.filter(|_| !self.writes) {
            return Ok(match files::can_write_in(files::folder(&path)) {
                Ok(()) => Check::ok(name, format!("{} can be written to", path.display())),
                Err(error) => Check::fail(
                    name,
                    format!("{} cannot be written to: {error}", path.display()),
                    "give this user the right to write there",
                    error,
                ),
            });
        }
        let warehouse = setup.warehouse(&endpoint, self.notices)?;
        Ok(self.reach(&warehouse))
    }

    fn reach(&self, warehouse: &Warehouse) -> Check {
        let name = "warehouse";
        let now = self.deadline.clock().now();
        let sent = warehouse.try_out(
            self.writes.then(|| Record::test(now, &self.setup.subject)),
            &self.deadline,
        );
        match sent {
            Ok(()) if self.writes => Check::ok(
                name,
                "it took a test record, marked dialpace-check".to_owned(),
            ),
            Ok(()) => Check {
                advice: "check --write sends a test record".to_owned(),
                ..Check::ok(name, "it answers".to_owned())
            },
            Err(error) => Check::of_call(name, "", error),
        }
    }
}

/// The clock of this machine against the one of the server.
fn clock_check(off: Option<ClockOff>) -> Check {
    let name = "clock";
    let (by, word) = match off {
        None => return Check::ok(name, "the server tells no time (no Date)".to_owned()),
        Some(ClockOff::No) => (Duration::ZERO, "with"),
        Some(ClockOff::Ahead(by)) => (by, "behind"),
        Some(ClockOff::Behind(by)) => (by, "ahead of"),
    };
    if by > CLOCK_OFF_MAX {
        return Check::warn(
            name,
            format!("this machine is {} s {word} the server", by.as_secs()),
            "set it by NTP: ages of samples, tokens and pauses are measured with it",
        );
    }
    Check::ok(name, "it agrees with the server's".to_owned())
}

/// A clock that is further off is told: a token is used until 60 s before it expires.
const CLOCK_OFF_MAX: Duration = Duration::from_secs(30);
