//! The bounds of a simulation: what would never end, or fill the memory, is refused before it begins.

use super::args::SimulateArgs;
use super::shards::Shard;
use crate::base::input::InputError;
use crate::config::ConfigError;
use crate::sim::{Distribution, Driver, Plan, Scenario, Variant};

/// Refuses a number of combinations before each gets a pacer.
pub(super) fn check_combinations(policies: usize, bands: usize) -> Result<(), ConfigError> {
    let combinations = policies * bands;
    if combinations <= VARIANTS_MAX {
        return Ok(());
    }
    Err(ConfigError::Value(
        "--policy, --sla-threshold and --tolerance-margin".to_owned(),
        format!(
            "{policies} policies × {bands} bands are {combinations} combinations, more than {VARIANTS_MAX}, which is as many as fit into memory: compare fewer"
        ),
    ))
}

/// Refuses a plan that is too large for this run, which simulates all of it or one share.
pub(super) fn check(
    plan: &Plan,
    args: &SimulateArgs,
    shard: Option<Shard>,
) -> Result<(), InputError> {
    let variants = plan.variants.len();
    let runs = shard.map_or(plan.len(), |shard| plan.len().div_ceil(shard.of()));
    if runs > RUNS_MAX {
        return Err(InputError(format!(
            "--replications: {variants} combinations × {} are {} runs, and one process keeps the figures of at most {RUNS_MAX} in memory: compare fewer, or simulate a share with --shard I/N",
            plan.replications,
            plan.len()
        )));
    }
    let scenario = &plan.scenario;
    let intervals = scenario.hours * 3600.0 / scenario.interval_secs;
    if args.trace.is_some() && intervals > INTERVALS_MAX {
        return Err(InputError(format!(
            "--trace: {} hours have {intervals:.0} intervals, and it keeps at most {INTERVALS_MAX} in memory: give fewer --hours",
            scenario.hours
        )));
    }
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let part = runs as f64 / plan.len().max(1) as f64;
    let events = events(plan)? * part;
    if events > EVENTS_MAX {
        return Err(InputError(format!(
            "--hours, --agents, --replications: {} hours with up to {} agents in {runs} runs are up to {events:.0e} calls and other events, more than {EVENTS_MAX:.0e}, which take a day: simulate fewer, or a share with --shard I/N",
            scenario.hours,
            scenario.agents_max()
        )));
    }
    Ok(())
}

/// True for a plan that is small enough for a hint that nobody asked for.
pub(super) fn is_quick(plan: &Plan) -> bool {
    events(plan).is_ok_and(|events| events <= QUICK_EVENTS_MAX)
}

/// Calls and other events of a plan, estimated from above.
fn events(plan: &Plan) -> Result<f64, InputError> {
    let mut per_hour = 0.0;
    for variant in &plan.variants {
        let load = Load::of(variant, &plan.scenario)?;
        if load.calls_at_once > CALLS_AT_ONCE_MAX {
            return Err(InputError(format!(
                "{}: some {:.0} calls would ring at once, and at most {CALLS_AT_ONCE_MAX} fit into memory: lower --max-dial-rate or the times of the calls, or set lines_max",
                variant.policy, load.calls_at_once
            )));
        }
        per_hour += load.events_per_hour;
    }
    Ok(per_hour * plan.scenario.hours * f64::from(plan.replications))
}

/// An estimate from above of what a variant simulates.
struct Load {
    events_per_hour: f64,
    calls_at_once: f64,
}

impl Load {
    fn of(variant: &Variant, scenario: &Scenario) -> Result<Self, InputError> {
        let calls = &scenario.calls;
        let agents = f64::from(scenario.agents_max());
        // A distribution with a long tail gives many short times for each long one.
        let answered = typical(calls.time_to_answer);
        let served = answered + typical(calls.talk) + typical(calls.wrap_up);
        let not_answered = calls.no_answer_share * calls.ring_out_secs
            + (calls.busy_share + calls.invalid_share) * calls.fail_secs
            + calls.machine_share * (answered + calls.machine_detection_secs);
        let mean = |share: f64| share * served + (1.0 - share) * not_answered;
        let call_secs = mean(ANSWER_RATES.0).min(mean(ANSWER_RATES.1));
        let longest = calls.ring_out_secs.max(calls.fail_secs).max(
            calls.time_to_answer.mean_secs()
                + calls.machine_detection_secs
                + calls.patience.mean_secs(),
        );
        let lines = match scenario.dialer.lines_max {
            0 => f64::INFINITY,
            lines => f64::from(lines),
        };
        let (calls_per_hour, calls_at_once) = match &variant.driver {
            Driver::Pacer { pacer, .. } => {
                let per_minute = f64::from(pacer.limits().actuator.max.steps());
                (per_minute * 60.0, (per_minute / 60.0 * longest).min(lines))
            }
            Driver::Reference(_) if call_secs < CALL_SECS_MIN => {
                return Err(InputError(format!(
                    "calls: they last {call_secs} s, and {} would place them without end at one moment: give time_to_answer, ring_out_secs, talk or wrap_up a length",
                    variant.policy
                )));
            }
            Driver::Reference(_) => (
                agents * LINES_PER_AGENT * 3600.0 / call_secs,
                agents * LINES_PER_AGENT,
            ),
        };
        Ok(Self {
            events_per_hour: calls_per_hour
                + agents * scenario.agents.breaks_per_hour
                + 3600.0 / scenario.interval_secs,
            calls_at_once,
        })
    }
}

/// A time that is not much longer than most of the times that are drawn.
fn typical(distribution: Distribution) -> f64 {
    let mean = distribution.mean_secs();
    match distribution {
        Distribution::Gamma { shape, .. } => mean * shape.min(1.0),
        Distribution::Lognormal { cv, .. } => mean / (1.0 + cv * cv).sqrt(),
        Distribution::Fixed { .. }
        | Distribution::Uniform { .. }
        | Distribution::Exponential { .. } => mean,
    }
}

/// Combinations of a policy, a threshold and a margin: a kilobyte each.
const VARIANTS_MAX: usize = 100_000;
/// Runs of one process, whose figures are kept: some 300 MB.
const RUNS_MAX: usize = 1_000_000;
/// Intervals of a trace: some 200 MB.
const INTERVALS_MAX: f64 = 1_000_000.0;
/// Calls and other events of one process: at five million a second and core, some hours on two.
const EVENTS_MAX: f64 = 1e11;
/// The same of a hint: some seconds.
const QUICK_EVENTS_MAX: f64 = 2e8;
/// Calls that ring or wait at once, in each thread: some 200 MB.
const CALLS_AT_ONCE_MAX: f64 = 2_000_000.0;
/// Least mean length of a call of a reference dialer.
const CALL_SECS_MIN: f64 = 0.1;
/// The lowest and highest answer rate of a scenario at any time.
const ANSWER_RATES: (f64, f64) = (0.01, 0.99);
/// Calls that a reference dialer places for each agent: the highest level of `vicidial`.
const LINES_PER_AGENT: f64 = 3.0;
