//! An operator's stop, stronger than the lock: the marker first, then the lever, whoever holds the
//! state. Also the resume, which takes the marker away and sends nothing.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::access::SharedAccount;
use super::group::{Group, Ran, side_by_side};
use super::halted::{Halt, HaltedBy};
use super::hold::Hold;
use super::options::SandboxLifetime;
use super::outcome::CycleError;
use super::resume::marker_beside;
use super::running::{CampaignNotices, Live};
use super::setup::{Setup, state_path};
use super::store::{Loaded, Process, StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::units::UnixMillis;
use crate::config::Sources;
use crate::http::CallError;
use crate::pacing::Setpoint;
use crate::platform::{Applied, Change, Cursor};

/// The clock, and the receiver of notices.
struct Run<'a> {
    clock: &'a Arc<dyn Clock>,
    notices: &'a CampaignNotices<'a>,
    shared: Option<&'a SharedAccount<'a>>,
    /// Longest time to wait for the run that holds the state.
    wait: Duration,
    /// True where what stood before the first change is to be put back.
    restores: bool,
    restored: RefCell<Option<Result<Option<String>, CallError>>>,
    is_stopping: Cell<bool>,
    began: Duration,
}

/// How campaigns are to be stopped.
#[derive(Clone, Copy, Debug)]
pub struct Stopping {
    /// Longest time to wait for the run that holds the state.
    pub wait: Duration,
    /// True where what stood before the first change is to be put back.
    pub restores: bool,
}

/// Leaves the marker of the state that a flag names: a configuration that cannot be read stops no stop.
/// Returns the marker, if it was left.
#[must_use]
pub fn leave_marker(sources: &Sources, now: UnixMillis) -> Option<PathBuf> {
    let path = sources.flags.get("state")?;
    let marker = marker_beside(Path::new(path));
    marker.set(Hold::since(now)).ok()?;
    Some(marker.path().to_owned())
}

/// Stops campaigns: leaves the marker of each, and returns once the levers are known to stand still.
/// One that cannot be stopped keeps no other from it.
pub fn stop(group: &Group, stopping: Stopping) -> Result<Vec<Ran<Halt>>> {
    let Group {
        options,
        sources,
        clock,
        ..
    } = *group;
    group.tell_notices();
    let mut marks = Vec::new();
    for layers in group.each {
        let path = state_path(options, layers, sources, SandboxLifetime::Persistent)?;
        let marker = marker_beside(&path);
        let left = marker.set(Hold::since(clock.now()));
        marks.push((path, marker, left));
    }
    let mut setups = Vec::new();
    for (layers, (_, marker, _)) in group.each.iter().zip(&marks) {
        let setup = Setup::new(options, layers, sources, SandboxLifetime::Persistent)
            .with_context(|| {
                let shown = marker.path().display();
                format!("the marker {shown} is left, which every cycle obeys, but this run cannot reach the campaign")
            })?;
        setups.push(setup);
    }
    let shared = group.shared_account(&setups, true)?;
    let items: Vec<_> = setups.iter().zip(&marks).collect();
    let results = side_by_side(&items, &|(setup, (path, marker, left))| {
        let notices = CampaignNotices::new(group.notices, setup.label());
        let run = Run {
            clock,
            notices: &notices,
            shared: shared.as_ref(),
            wait: stopping.wait,
            restores: stopping.restores,
            restored: RefCell::new(None),
            is_stopping: Cell::new(false),
            began: clock.monotonic(),
        };
        let by = run.halt(setup);
        if let Err(error) = left {
            let shown = marker.path().display();
            return Err(anyhow!("{error}").context(format!(
                "cannot leave the marker {shown}, so the next cycle paces the campaign again"
            )));
        }
        Ok(Halt {
            subject: setup.subject.clone(),
            by: by?,
            is_stopping: run.is_stopping.get(),
            restored: run.restored.into_inner(),
            state_path: path.clone(),
            marker: marker.path().to_owned(),
        })
    });
    Ok(Ran::each(setups, results))
}

impl Run<'_> {
    fn halt(&self, setup: &Setup) -> Result<HaltedBy> {
        loop {
            match setup.lock() {
                Ok(store) => return self.as_holder(setup, &store),
                Err(StateError::Busy { process, .. }) => {
                    if let Some(by) = self.beside_holder(setup, process)? {
                        return Ok(by);
                    }
                }
                Err(error) => {
                    let store = Store::unread(&setup.state_path, &setup.subject.key());
                    return self.open(setup, &store, |live| self.without_state(live, error));
                }
            }
        }
    }

    fn as_holder(&self, setup: &Setup, store: &Store) -> Result<HaltedBy> {
        self.open(setup, store, |live| {
            let state = match store.load() {
                Ok(Loaded::None) => Err(StateError::Absent(store.path().to_owned())),
                Ok(_) => live.load(),
                Err(error) => Err(error),
            };
            match state {
                Ok(mut state) => {
                    let report = live.cycle().stop(&mut state, &self.call_deadline());
                    if report.error.is_none() {
                        self.conclude(live, &mut state.cursor);
                        store.save(&state).map_err(CycleError::State)?;
                    }
                    Ok(HaltedBy::ThisRun(Box::new(report)))
                }
                Err(error) => self.without_state(live, error),
            }
        })
    }

    /// Waits for the run that holds the state, and lowers the lever beside it if it does not react.
    /// `None`: it let go.
    fn beside_holder(&self, setup: &Setup, process: Option<u32>) -> Result<Option<HaltedBy>> {
        let store = Store::read_only(&setup.state_path, &setup.subject.key())?;
        let holder_obeyed = || match store.load() {
            Ok(Loaded::Earlier(state)) => !state.is_lowered_by(Setpoint::Stopped),
            _ => false,
        };
        if setup.is_sandbox() {
            // Its campaign is inside the other process.
            return self.until_obeyed(setup, &holder_obeyed);
        }
        // After its deadline no call of the holder's last cycle can arrive any more.
        let patience = self.wait.min(setup.settings.deadline);
        self.open(setup, &store, |live| {
            let kept = || match store.load() {
                Ok(Loaded::Earlier(state)) => state.cursor,
                _ => Cursor::default(),
            };
            let mut cursor = kept();
            let mut sent_at = None;
            let mut stands = Ok(false);
            loop {
                if setup.lock().is_ok() {
                    return Ok(None);
                }
                let elapsed = self.elapsed();
                let has_obeyed = holder_obeyed();
                let is_time = has_obeyed || elapsed >= HOLDER_REACTS.min(self.wait);
                if is_time && sent_at.is_none_or(|at| elapsed.saturating_sub(at) >= LOOK_AGAIN) {
                    if has_obeyed && sent_at.is_none() {
                        // What the holder did is in its state; a look is enough.
                        cursor = kept();
                    }
                    let was_sent = has_obeyed || sent_at.is_some();
                    stands = self.keep_still(live, &mut cursor, was_sent);
                    sent_at = Some(elapsed);
                }
                match stands {
                    Ok(true) if has_obeyed => {
                        self.conclude(live, &mut cursor);
                        return Ok(Some(HaltedBy::Holder));
                    }
                    Ok(true) if elapsed >= patience => {
                        self.conclude(live, &mut cursor);
                        return Ok(Some(HaltedBy::ThisRunBesideHolder(Process(process))));
                    }
                    Err(error) if elapsed >= self.wait => {
                        return Err(CycleError::Call(error).into());
                    }
                    _ => {}
                }
                self.clock.sleep(HOLDER_CHECK_PERIOD);
            }
        })
    }

    fn until_obeyed(
        &self,
        setup: &Setup,
        holder_obeyed: &dyn Fn() -> bool,
    ) -> Result<Option<HaltedBy>> {
        loop {
            if holder_obeyed() {
                return Ok(Some(HaltedBy::Holder));
            }
            match setup.lock() {
                Err(error @ StateError::Busy { .. }) if self.elapsed() >= self.wait => {
                    return Err(error.into());
                }
                Err(StateError::Busy { .. }) => self.clock.sleep(HOLDER_CHECK_PERIOD),
                _ => return Ok(None),
            }
        }
    }

    /// Lowers the lever, or, once that was done, looks whether it still stands still.
    fn keep_still(
        &self,
        live: &Live,
        cursor: &mut Cursor,
        was_sent: bool,
    ) -> Result<bool, CallError> {
        let (platform, store) = (live.cycle().platform, live.cycle().store);
        let deadline = self.call_deadline();
        if was_sent
            && let Ok(standing) = platform.read(cursor, &deadline)
            && (standing.setpoint == Setpoint::Stopped || standing.is_stopping)
        {
            return Ok(true);
        }
        let change = Change {
            setpoint: Setpoint::Stopped,
            previous: None,
            version: None,
            is_latched: store.latch().stands(),
            was_stopped: false,
        };
        let applied = platform.apply(cursor, &change, &deadline)?;
        let is_done = matches!(applied, Applied::Yes { .. });
        if is_done {
            // So that the run that holds the state knows who stopped it. Without it, it stands still
            // all the same.
            let _ = store.hold().note_stopped();
        }
        Ok(is_done)
    }

    /// Notes what the platform says after a stop that it accepted, and puts back what was asked for.
    fn conclude(&self, live: &Live, cursor: &mut Cursor) {
        self.is_stopping
            .set(live.cycle().platform.is_stopping(cursor));
        if self.restores {
            let restored = live.cycle().platform.restore(cursor, &self.call_deadline());
            self.restored.replace(Some(restored));
        }
    }

    /// Lowers the lever although the state cannot be used, because of `error`.
    fn without_state(&self, live: &Live, error: StateError) -> Result<HaltedBy> {
        let mut was_sent = false;
        let mut cursor = Cursor::default();
        loop {
            let stands = self.keep_still(live, &mut cursor, was_sent);
            if stands.map_err(CycleError::Call)? {
                self.conclude(live, &mut cursor);
                return Ok(HaltedBy::ThisRunWithoutState(error));
            }
            was_sent = true;
            self.clock.sleep(HOLDER_CHECK_PERIOD);
        }
    }

    fn open<R>(
        &self,
        setup: &Setup,
        store: &Store,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        let begun = self.call_deadline();
        setup.run(store, self.shared, self.notices, self.clock, begun, run)
    }

    fn call_deadline(&self) -> Deadline<'_> {
        Deadline::after(self.clock.as_ref(), CALLS_MAX)
    }

    fn elapsed(&self) -> Duration {
        self.clock.monotonic().saturating_sub(self.began)
    }
}

/// Time for the holder to see the marker and obey.
const HOLDER_REACTS: Duration = Duration::from_secs(1);
/// Time between two looks at what the holder did.
const HOLDER_CHECK_PERIOD: Duration = Duration::from_millis(50);
/// Time between two looks at the lever, beside a holder that may still move it.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Time for lowering the lever, its retries and the delivery of the record.
const CALLS_MAX: Duration = Duration::from_secs(25);
