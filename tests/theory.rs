//! The simulated world against exact theory. Each formula is computed here; each run's 99 %
//! confidence interval must hold its value. Runs are deterministic, so a pass stays a pass.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::float_cmp,
    reason = "a test that cannot go on should fail; its counts are small"
)]

use dialpace::config::{PolicyKind, PolicyName};
use dialpace::pacing::{Actuator, Guards, Limits, Pacer, Policy, RatioLever, Setpoint, Unit};
use dialpace::sim::{
    Calls, Controller, Dialing, Distribution, Estimate, Figures, Lever, OnDemandWorld,
    PacerController, PlatformMetrics, ReferenceDialer, Scenario, Shift, Spacing, Step, Telemetry,
    simulate,
};

const SEED: u64 = 20_261_122;

/// The figures of `replications` runs.
fn runs<C: Controller>(
    scenario: &Scenario,
    replications: u32,
    controller: impl Fn() -> C,
) -> Vec<Figures> {
    scenario.check().unwrap();
    (0..replications)
        .map(|replication| simulate(scenario, &mut controller(), SEED, replication))
        .collect()
}

/// A constant rate. The guard that stops without available agents is off: where all are busy most
/// of the time, it would take three busy minutes for an empty room.
fn fixed_rate(dial_rate: u32) -> Pacer {
    let defaults = Limits::default();
    let limits = Limits {
        actuator: Actuator::calls_per_minute(1, 5_000),
        guards: Guards {
            stop_without_agents: false,
            ..defaults.guards.clone()
        },
        ..defaults
    };
    Pacer::new(
        limits,
        Policy::Fixed {
            unit: Unit::CallsPerMinute,
            setpoint: Setpoint::at(dial_rate),
        },
    )
    .unwrap()
}

/// A constant ratio, hundredths of a call per agent.
fn fixed_ratio(hundredths: u32) -> Pacer {
    let limits = Limits {
        actuator: Actuator::calls_per_agent(100, 2_000),
        guards: fixed_rate(1).limits().guards.clone(),
        ..Limits::default()
    };
    Pacer::new(
        limits,
        Policy::Fixed {
            unit: Unit::CallsPerAgent,
            setpoint: Setpoint::at(hundredths),
        },
    )
    .unwrap()
}

/// The runs of a ratio dialer at a constant ratio.
fn ratio_runs(scenario: &Scenario, replications: u32, hundredths: u32) -> Vec<Figures> {
    let pacer = fixed_ratio(hundredths);
    runs(scenario, replications, || {
        PacerController::new(&pacer, Telemetry::Full)
    })
}

/// Fails unless the 99 % interval of the runs holds `exact`, and is narrow enough to say anything.
#[track_caller]
fn holds(what: &str, runs: &[Figures], figure: impl Fn(&Figures) -> f64, exact: f64) {
    let n = runs.len() as f64;
    let mean = runs.iter().map(&figure).sum::<f64>() / n;
    let variance = runs
        .iter()
        .map(|run| (figure(run) - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    // Student's t for 99 % and 19 to 39 degrees of freedom is 2.86 to 2.71.
    let half_width = 2.86 * (variance / n).sqrt();
    println!("{what}: exact {exact:.5}, simulated {mean:.5} ± {half_width:.5}");
    assert!(
        (mean - exact).abs() <= half_width,
        "{what}: exact {exact}, simulated {mean} ± {half_width}"
    );
    assert!(
        half_width <= 0.1 * exact.abs() + 0.002,
        "{what}: ± {half_width} says nothing"
    );
}

/// Load a, N agents: the probability that all are busy (Erlang 1917), by its recursion.
fn erlang_b(agents: u32, load: f64) -> f64 {
    (1..=agents).fold(1.0, |b, n| load * b / (f64::from(n) + load * b))
}

/// A world of `agents` in which live answers offer `load`, by calls that every second person
/// answers, and the dial rate for it. Long enough for 20,000 live answers.
fn offered(agents: u32, load: f64, talk: Distribution) -> (Scenario, u32) {
    let lambda = load / talk.mean_secs();
    let rate = (lambda * 120.0).round() as u32;
    let warm_up_secs = 30.0 * talk.mean_secs();
    let scenario = Scenario {
        hours: (warm_up_secs + 20_000.0 / lambda) / 3_600.0,
        warm_up_secs,
        dialer: Dialing {
            spacing: Spacing::Poisson,
            ..Dialing::default()
        },
        calls: Calls {
            talk,
            wrap_up: Distribution::Fixed { mean_secs: 0.0 },
            patience: Distribution::Fixed { mean_secs: 0.0 },
            ..Calls::default()
        },
        agents: dialpace::sim::Agents {
            roster: vec![Shift {
                from_secs: 0.0,
                count: agents,
            }],
            ..Default::default()
        },
        answer_rate: dialpace::sim::AnswerRate {
            base: lambda * 60.0 / f64::from(rate),
            ..Default::default()
        },
        ..Scenario::default()
    };
    (scenario, rate)
}

#[test]
fn erlang_b_for_any_handle_time() {
    let mean_secs = 60.0;
    let talks = [
        Distribution::Exponential { mean_secs },
        Distribution::Lognormal { mean_secs, cv: 1.0 },
        Distribution::Fixed { mean_secs },
    ];
    // Loads at which B is 3 %.
    let rows = [
        (10, 5.529),
        (20, 13.997),
        (50, 41.93),
        (100, 90.79),
        (200, 190.9),
    ];
    for (n, (agents, load)) in rows.into_iter().enumerate() {
        let (scenario, rate) = offered(agents, load, talks[n % 3]);
        let pacer = fixed_rate(rate);
        let runs = runs(&scenario, 20, || {
            PacerController::new(&pacer, Telemetry::Full)
        });
        let blocked = erlang_b(agents, load);
        holds(
            &format!("Erlang B, N={agents}, abandonment"),
            &runs,
            |f| f.abandonment_rate,
            blocked,
        );
        let occupancy = load * (1.0 - blocked) / f64::from(agents);
        holds(
            &format!("Erlang B, N={agents}, occupancy"),
            &runs,
            |f| f.occupancy,
            occupancy,
        );
    }
}

/// M/M/N+D: the probability to abandon, with fixed patience.
fn abandonment_fixed_patience(agents: u32, lambda: f64, mu: f64, patience: f64) -> f64 {
    let n = f64::from(agents);
    // States relative to the one with N − 1 busy, summed downward.
    let (mut term, mut sum) = (1.0, 0.0);
    for k in (0..agents).rev() {
        sum += term;
        term *= f64::from(k) * mu / lambda;
    }
    let growth = ((lambda - n * mu) * patience).exp();
    let i1 = lambda * (growth - 1.0) / (lambda - n * mu);
    let i2 = lambda * growth / (n * mu);
    i2 / (sum + i1 + i2)
}

#[test]
fn fixed_patience_abandons_as_theory_says() {
    // Loads at which 3 % abandon after 2 s, handle time 180 s.
    for (agents, load) in [(10, 5.591), (50, 42.39), (200, 192.9)] {
        let (mut scenario, rate) =
            offered(agents, load, Distribution::Exponential { mean_secs: 180.0 });
        scenario.calls.patience = Distribution::Fixed { mean_secs: 2.0 };
        let pacer = fixed_rate(rate);
        let runs = runs(&scenario, 20, || {
            PacerController::new(&pacer, Telemetry::Full)
        });
        let exact = abandonment_fixed_patience(agents, load / 180.0, 1.0 / 180.0, 2.0);
        holds(
            &format!("M/M/N+D, N={agents}"),
            &runs,
            |f| f.abandonment_rate,
            exact,
        );
    }
}

/// M/M/N+M: (abandonment, mean wait of all, occupancy), from the stationary distribution.
fn exponential_patience(agents: u32, lambda: f64, mu: f64, theta: f64) -> (f64, f64, f64) {
    let (mut weight, mut total, mut queue, mut busy) = (1.0, 0.0, 0.0, 0.0);
    for k in 0_u32..2_000 {
        let serving = f64::from(k.min(agents));
        let waiting = f64::from(k.saturating_sub(agents));
        total += weight;
        queue += weight * waiting;
        busy += weight * serving;
        let next_serving = f64::from((k + 1).min(agents));
        let next_waiting = f64::from((k + 1).saturating_sub(agents));
        weight *= lambda / (next_serving * mu + next_waiting * theta);
    }
    let (queue, busy) = (queue / total, busy / total);
    (
        theta * queue / lambda,
        queue / lambda,
        busy / f64::from(agents),
    )
}

#[test]
fn exponential_patience_abandons_as_theory_says() {
    // 50 agents, 48 answered a minute, 60 s of service, 120 s of patience: 3.09 %, 3.7 s, 93.0 %.
    let (mut scenario, rate) = offered(50, 48.0, Distribution::Exponential { mean_secs: 60.0 });
    scenario.calls.patience = Distribution::Exponential { mean_secs: 120.0 };
    let pacer = fixed_rate(rate);
    let runs = runs(&scenario, 20, || {
        PacerController::new(&pacer, Telemetry::Full)
    });
    let (abandonment, wait, occupancy) = exponential_patience(50, 0.8, 1.0 / 60.0, 1.0 / 120.0);
    assert!((abandonment - 0.0309).abs() < 0.00005 && (occupancy - 0.930).abs() < 0.0005);
    holds(
        "M/M/N+M, abandonment",
        &runs,
        |f| f.abandonment_rate,
        abandonment,
    );
    holds("M/M/N+M, occupancy", &runs, |f| f.occupancy, occupancy);
    // Of all callers' mean wait, theory knows; by Little's law abandonment is theta times it.
    assert!((wait - 3.7).abs() < 0.05);
}

/// A world for a progressive dialer: 60 agents, calls of 180 s, three in ten of them answered. With the
/// mean seconds that a call rings until a person answers, over the calls that it takes.
fn for_progressive() -> (Scenario, f64) {
    let (handle, p) = (180.0, 0.3);
    let mut scenario = offered(60, 10.0, Distribution::Exponential { mean_secs: handle }).0;
    scenario.answer_rate.base = p;
    scenario.hours = 24.0;
    (scenario, 12.0 + (1.0 - p) / p * 22.0)
}

#[test]
fn progressive_keeps_agents_busy_as_theory_says_and_abandons_nobody() {
    // Whoever leaves, each idle agent has a call that rings, so that occupancy is the same.
    let leaving = |count| {
        let roster = [(0.0, 60), (36_000.0, count), (39_600.0, 60)];
        roster.map(|(from_secs, count)| Shift { from_secs, count })
    };
    let (mut scenario, ringing) = for_progressive();
    let exact = 180.0 / (180.0 + ringing);
    let occupancy = |what: &str, scenario: &Scenario| {
        let runs = runs(scenario, 20, || ReferenceDialer::Progressive);
        let what = format!("progressive, {what}");
        holds(&format!("{what}, occupancy"), &runs, |f| f.occupancy, exact);
        runs
    };
    let nobody = |runs: Vec<Figures>| assert!(runs.iter().all(|run| run.abandonment_rate == 0.0));
    nobody(occupancy("all stay", &scenario));
    scenario.agents.roster = leaving(40).to_vec();
    nobody(occupancy("a third leaves for an hour", &scenario));
    // The calls of those who leave ring on, and of so many, some meet nobody: less than one a day.
    scenario.agents.roster = leaving(20).to_vec();
    let runs = occupancy("two thirds leave for an hour", &scenario);
    assert!(runs.iter().all(|run| run.abandonment_rate < 2e-4));
    scenario.agents.roster.truncate(1);
    scenario.agents.breaks_per_hour = 1.0;
    scenario.agents.break_duration = Distribution::Exponential { mean_secs: 600.0 };
    nobody(occupancy("breaks", &scenario));
}

#[test]
fn few_lines_are_used_all_the_time() {
    // With more agents than can ever be busy, a line rings until a person answers and talks, over and
    // over; wrap-up needs no line. So 30 lines have 30 × (talk + wrap-up) ÷ (ringing + talk) agents busy.
    let (mut scenario, ringing) = for_progressive();
    let (talk, wrap_up, lines) = (180.0, 60.0, 30);
    scenario.dialer.lines_max = lines;
    for wrap_up in [0.0, wrap_up] {
        scenario.calls.wrap_up = Distribution::Exponential { mean_secs: wrap_up };
        // A higher ratio has no more lines, and holds its calls back.
        for ratio in [100, 300] {
            let runs = ratio_runs(&scenario, 20, ratio);
            let busy = f64::from(lines) * (talk + wrap_up) / (ringing + talk);
            let what = format!("ratio {ratio} %, {lines} lines, wrap-up {wrap_up} s");
            holds(&what, &runs, |f| f.occupancy, busy / 60.0);
            assert!(runs.iter().all(|run| run.abandonment_rate == 0.0));
        }
    }
}

#[test]
fn at_ratio_1_the_ratio_dialer_is_progressive() {
    let (mut scenario, _) = for_progressive();
    scenario.agents.breaks_per_hour = 1.0;
    scenario.agents.roster.push(Shift {
        from_secs: 36_000.0,
        count: 20,
    });
    scenario.calls.wrap_up = Distribution::Exponential { mean_secs: 60.0 };
    for lines_max in [0, 30] {
        scenario.dialer.lines_max = lines_max;
        let figures = |runs: Vec<Figures>| -> Vec<_> {
            let figures = |f: &Figures| (f.occupancy, f.abandonment_rate, f.calls_dialed);
            runs.iter().map(figures).collect()
        };
        let progressive = runs(&scenario, 3, || ReferenceDialer::Progressive);
        assert_eq!(figures(ratio_runs(&scenario, 3, 100)), figures(progressive));
    }
}

/// The ratio dialer as a Markov chain, where every time is exponential and nobody waits: occupancy and
/// abandonment. A call ends at rate `theta`, answered with probability `p`; an agent at rate `mu`.
/// `ringing` says how many calls are wanted for so many available agents.
fn chain(agents: usize, ringing: impl Fn(usize) -> usize, p: f64, theta: f64, mu: f64) -> [f64; 2] {
    let width = ringing(agents) + 1;
    let at = |busy: usize, calls: usize| busy * width + calls.max(ringing(agents - busy));
    let (n, most) = (agents as f64, (width - 1) as f64);
    // Of two events each step is one, or none: the chain of a clock that ticks at the highest rate.
    let tick = n * mu + most * theta;
    let mut shares = vec![0.0; (agents + 1) * width];
    shares[at(0, 0)] = 1.0;
    for _ in 0..40_000 {
        let mut next = vec![0.0; shares.len()];
        for (state, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let (busy, calls) = (state / width, state % width);
            let (freed, ended) = (busy as f64 * mu / tick, calls as f64 * theta / tick);
            next[state] += share * (1.0 - freed - ended);
            if busy > 0 {
                next[at(busy - 1, calls)] += share * freed;
            }
            if calls > 0 {
                let taken = (busy + 1).min(agents);
                next[at(taken, calls - 1)] += share * ended * p;
                next[at(busy, calls - 1)] += share * ended * (1.0 - p);
            }
        }
        shares = next;
    }
    let (mut occupied, mut answered, mut abandoned) = (0.0, 0.0, 0.0);
    for (state, share) in shares.iter().enumerate() {
        let (busy, calls) = (state / width, (state % width) as f64);
        occupied += share * busy as f64;
        answered += share * calls;
        abandoned += if busy == agents { share * calls } else { 0.0 };
    }
    [occupied / n, abandoned / answered]
}

#[test]
fn the_ratio_dialer_is_the_chain_of_its_rule() {
    let (p, ring, handle) = (0.3, 10.0, 60.0);
    // Agents, hundredths of a call per agent, the lever, and from how many agents on it is twice each.
    let rows = [
        (5, 195, RatioLever::Real, 0),
        (5, 2_000, RatioLever::Real, 0),
        (10, 299, RatioLever::Whole, 0),
        (20, 350, RatioLever::Real, 0),
        (10, 150, RatioLever::Overdial, 3),
    ];
    for (agents, ratio, lever, more_than) in rows {
        let handles = Distribution::Exponential { mean_secs: handle };
        let (mut scenario, _) = offered(agents, f64::from(agents), handles);
        (scenario.dialer.ratio.lever, scenario.dialer.ratio.max) = (lever, 20.0);
        scenario.answer_rate.base = p;
        // A machine is known as soon as it answers, so that every call ends alike.
        scenario.calls.time_to_answer = Distribution::Exponential { mean_secs: ring };
        (scenario.calls.no_answer_share, scenario.calls.machine_share) = (0.0, 1.0);
        scenario.calls.machine_detection_secs = 0.0;
        let ringing = |idle: usize| match lever {
            RatioLever::Real => idle * ratio as usize / 100,
            RatioLever::Overdial if idle <= more_than => idle,
            RatioLever::Whole | RatioLever::Overdial => idle * 2,
        };
        let exact = chain(agents as usize, ringing, p, 1.0 / ring, 1.0 / handle);
        let runs = ratio_runs(&scenario, 20, ratio);
        let what = format!("{agents} agents, ratio {ratio} % {lever:?}");
        holds(
            &format!("{what}, occupancy"),
            &runs,
            |f| f.occupancy,
            exact[0],
        );
        holds(
            &format!("{what}, abandonment"),
            &runs,
            |f| f.abandonment_rate,
            exact[1],
        );
    }
}

#[test]
fn one_agent_with_many_calls_abandons_all_answers_but_one() {
    // Of r calls at once, each answered after 10 s with probability p, one reaches the agent. If nobody
    // answers, as many are placed again after 22 s.
    let (ratio, p) = (20, 0.3);
    let talk = Distribution::Fixed { mean_secs: 100.0 };
    let (mut scenario, _) = offered(1, 1.0, talk);
    (scenario.dialer.ratio.lever, scenario.dialer.ratio.max) = (RatioLever::Real, 20.0);
    scenario.answer_rate.base = p;
    scenario.calls.time_to_answer = Distribution::Fixed { mean_secs: 10.0 };
    let runs = ratio_runs(&scenario, 20, ratio * 100);
    let nobody = (1.0_f64 - p).powf(f64::from(ratio));
    let answered = f64::from(ratio) * p / (1.0 - nobody);
    let idle_secs = 10.0 + 22.0 * nobody / (1.0 - nobody);
    holds(
        "all but one, abandonment",
        &runs,
        |f| f.abandonment_rate,
        1.0 - 1.0 / answered,
    );
    holds(
        "all but one, occupancy",
        &runs,
        |f| f.occupancy,
        100.0 / (100.0 + idle_secs),
    );
}

#[test]
fn the_ratio_dialer_has_a_ramp_a_delay_and_a_limit_of_its_own() {
    let mut scenario = league(10);
    scenario.dialer.ratio.abandonment_threshold = 0.03;
    scenario.dialer.ratio.abandonment_cutoff = 0.005;
    let abandoned: Vec<f64> = ratio_runs(&scenario, 10, 300)
        .iter()
        .map(|run| run.abandonment_rate)
        .collect();
    assert!(
        abandoned.iter().all(|rate| (0.022..0.029).contains(rate)),
        "{abandoned:?}"
    );

    // The first poll is after 30 s, and the change takes effect 20 s later.
    let mut scenario = league(10);
    (scenario.hours, scenario.faults.patch_delay_secs) = (1.0 / 60.0, 20.0);
    let ratio = ratio_runs(&scenario, 1, 300)[0].ratio;
    assert!((ratio - (50.0 + 3.0 * 10.0) / 60.0).abs() < 1e-9, "{ratio}");

    // A hundred agents whom nobody answers: calls of 22 s, at a ratio that rises by a half a minute
    // from the first poll on.
    let mut scenario = league(100);
    scenario.hours = 0.1;
    scenario.answer_rate.base = 0.01;
    (scenario.calls.no_answer_share, scenario.calls.busy_share) = (1.0, 0.0);
    scenario.calls.talk = Distribution::Fixed { mean_secs: 0.0 };
    scenario.calls.time_to_answer = Distribution::Fixed { mean_secs: 22.0 };
    scenario.dialer.ratio.ramp_per_minute = 0.5;
    let placed = ratio_runs(&scenario, 1, 300)[0].calls_dialed;
    // What has been placed until now rings now, or was placed until 22 s ago.
    let ringing = |secs: f64| 100.0 * (1.0 + 0.5 * (secs - 30.0) / 60.0).clamp(1.0, 3.0);
    let exact: f64 = (0..17_u32)
        .map(|n| ringing(360.0 - 22.0 * f64::from(n)))
        .sum();
    assert!((placed / exact - 1.0).abs() < 0.02, "{placed} of {exact}");
}

/// The calls that a controller is told of at each poll.
struct Told<'a>(PacerController<'a>, Vec<[u32; 3]>);

impl Controller for Told<'_> {
    fn poll(&mut self, now: f64, metrics: Option<PlatformMetrics>) -> dialpace::sim::Command {
        let counts = |m: PlatformMetrics| [m.ended, m.answered, m.abandoned];
        self.1.push(metrics.map_or([0; 3], counts));
        self.0.poll(now, metrics)
    }

    fn applied(&mut self, now: f64, setpoint: Setpoint) {
        self.0.applied(now, setpoint);
    }

    fn unit(&self) -> Unit {
        self.0.unit()
    }
}

#[test]
fn late_reports_are_those_of_the_time_before() {
    let pacer = fixed_ratio(300);
    let told = |lag: f64, batch: f64, poll_failure: f64| {
        let mut scenario = league(10);
        scenario.dialer.ratio.report_lag_secs = lag;
        scenario.dialer.ratio.report_batch_secs = batch;
        scenario.faults.poll_failure = poll_failure;
        let controller = PacerController::new(&pacer, Telemetry::Full);
        let mut told = Told(controller, Vec::new());
        simulate(&scenario, &mut told, SEED, 0);
        told.1
    };
    let sum = |counts: &[[u32; 3]]| {
        let add = |sum: [u32; 3], c: &[u32; 3]| [sum[0] + c[0], sum[1] + c[1], sum[2] + c[2]];
        counts.iter().fold([0; 3], add)
    };
    let at_once = told(0.0, 0.0, 0.0);
    assert_eq!(at_once.len(), 960);
    let late = told(900.0, 0.0, 0.0);
    assert_eq!(late[30..], at_once[..930]);
    assert_eq!(sum(&late[..30]), [0; 3]);
    // Each quarter of an hour at its end, or so much later.
    for (lag, polls) in [(0.0, 0), (60.0, 2)] {
        for (n, counts) in told(lag, 900.0, 0.0).iter().enumerate() {
            let end = n + 1;
            let wanted = if end > polls && (end - polls).is_multiple_of(30) {
                sum(&at_once[end - polls - 30..end - polls])
            } else {
                [0; 3]
            };
            assert_eq!(*counts, wanted, "poll {end}, {lag} s late");
        }
    }
    // What a failed poll did not tell, the next one tells.
    let failing = told(0.0, 0.0, 0.5);
    assert!(failing.iter().filter(|counts| **counts == [0; 3]).count() > 300);
    let last = failing
        .iter()
        .rposition(|counts| *counts != [0; 3])
        .unwrap();
    assert_eq!(sum(&failing), sum(&at_once[..=last]));
}

#[test]
fn conversations_change_with_the_time_of_day() {
    let (mut scenario, ringing) = for_progressive();
    scenario.calls.talk_steps = [(0.0, 0.5), (36_000.0, 2.0)]
        .map(|(at_secs, factor)| Step { at_secs, factor })
        .to_vec();
    for (from, to, talk) in [(2.0, 10.0, 90.0), (12.0, 24.0, 360.0)] {
        (scenario.warm_up_secs, scenario.hours) = (from * 3_600.0, to);
        let runs = runs(&scenario, 20, || ReferenceDialer::Progressive);
        let exact = talk / (talk + ringing);
        holds(&format!("talk of {talk} s"), &runs, |f| f.occupancy, exact);
    }
}

/// The league's steady world: 8 h from a cold start.
fn league(agents: u32) -> Scenario {
    let handle = Distribution::Exponential { mean_secs: 180.0 };
    let (mut scenario, _) = offered(agents, 1.0, handle);
    scenario.answer_rate.base = 0.3;
    scenario.hours = 8.0;
    scenario.warm_up_secs = 0.0;
    scenario.calls = Calls {
        no_answer_share: 0.75,
        busy_share: 0.25,
        talk: handle,
        wrap_up: Distribution::Fixed { mean_secs: 0.0 },
        ..Calls::default()
    };
    scenario
}

/// No formula gives these: they are where two implementations of the same description met, one of
/// them not ours, at p = 0.3, exponential handle time of 180 s, 8 h from a cold start.
#[test]
fn the_level_dialer_is_where_another_implementation_of_its_rule_is() {
    let table = "
        20  vicidial            77.2  3.3
        50  vicidial            77.4  3.1
        100 vicidial            77.6  3.1
        20  vicidial-available  83.8  3.0
        50  vicidial-available  91.1  0.6
        100 vicidial-available  90.8  0.03
    ";
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [agents, name, occupancy, abandonment] = words[..] else {
            panic!("{line}");
        };
        let scenario = league(agents.parse().unwrap());
        let PolicyKind::Reference(dialer) = name.parse::<PolicyName>().unwrap().kind() else {
            panic!("{line}");
        };
        let runs = runs(&scenario, 12, || dialer);
        let mean = |figure: fn(&Figures) -> f64| {
            let values: Vec<f64> = runs.iter().map(figure).collect();
            Estimate::of(&values).mean * 100.0
        };
        let wanted: [f64; 2] = [occupancy.parse().unwrap(), abandonment.parse().unwrap()];
        let found = [mean(|f| f.occupancy), mean(|f| f.abandonment_rate)];
        println!("{agents} agents, {name}: {found:.2?}, there {wanted:?}");
        assert!((found[0] - wanted[0]).abs() < 0.6, "{line}: {found:?}");
        assert!((found[1] - wanted[1]).abs() < 0.35, "{line}: {found:?}");
    }
}

/// The dialer counts dropped calls from the start, even where the figures begin later.
#[test]
fn the_level_dialer_keeps_its_limit_through_a_warm_up() {
    let mut scenario = league(20);
    scenario.warm_up_secs = 4.0 * 3_600.0;
    let PolicyKind::Reference(dialer) = PolicyName::Vicidial.kind() else {
        panic!("vicidial is a reference dialer");
    };
    let runs = runs(&scenario, 40, || dialer);
    let abandoned: Vec<f64> = runs.iter().map(|run| run.abandonment_rate).collect();
    let abandoned = Estimate::of(&abandoned);
    println!("vicidial after a warm-up: {abandoned:?}");
    assert!(abandoned.mean < 0.03, "{abandoned:?}");
}

#[test]
fn the_capacity_rule_behaves_as_it_is_known_to() {
    // Occupancy settles at k ÷ (1 + k), k = 0.85·p·H ÷ 60, for any size, and nobody is abandoned.
    let k: f64 = 0.85 * 0.3 * 180.0 / 60.0;
    let scenario = |agents, spacing| Scenario {
        hours: 24.0,
        warm_up_secs: 7_200.0,
        dialer: Dialing {
            spacing,
            ..Dialing::default()
        },
        calls: Calls {
            talk: Distribution::Exponential { mean_secs: 180.0 },
            wrap_up: Distribution::Fixed { mean_secs: 0.0 },
            ..Calls::default()
        },
        agents: dialpace::sim::Agents {
            roster: vec![Shift {
                from_secs: 0.0,
                count: agents,
            }],
            ..Default::default()
        },
        ..Scenario::default()
    };
    let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
    let mean = |scenario: &Scenario, figure: fn(&Figures) -> f64| {
        let runs = runs(scenario, 20, || {
            PacerController::new(&pacer, Telemetry::Full)
        });
        runs.iter().map(figure).sum::<f64>() / 20.0
    };
    let hundred = scenario(100, Spacing::Even);
    let occupancy = mean(&hundred, |f| f.occupancy);
    // Whole calls a minute lose half a call on average, a hundredth at this size.
    assert!((occupancy - k / (1.0 + k)).abs() < 0.01, "{occupancy}");
    assert!(mean(&hundred, |f| f.abandonment_rate) < 1e-4);
    // With ten agents the minimum of ten calls a minute is too many: 14 % even, 17 % Poisson.
    let even = mean(&scenario(10, Spacing::Even), |f| f.abandonment_rate);
    let poisson = mean(&scenario(10, Spacing::Poisson), |f| f.abandonment_rate);
    assert!((even - 0.14).abs() < 0.02, "{even}");
    assert!((poisson - 0.17).abs() < 0.02, "{poisson}");
}

#[test]
fn breaks_take_agents_out_for_their_share_of_the_time() {
    // Working 1/r, then on a break for d, over and over: away for rd ÷ (1 + rd) of the time.
    let (per_hour, break_hours, agents) = (2.0, 0.25, 40);
    let mut scenario = offered(agents, 4.0, Distribution::Exponential { mean_secs: 20.0 }).0;
    scenario.agents.breaks_per_hour = per_hour;
    scenario.agents.break_duration = Distribution::Exponential {
        mean_secs: break_hours * 3_600.0,
    };
    (scenario.hours, scenario.warm_up_secs) = (60.0, 7_200.0);
    scenario.answer_rate.base = 0.5;
    scenario.calls.patience = Distribution::Fixed { mean_secs: 600.0 };
    let pacer = fixed_rate(24);
    let runs = runs(&scenario, 20, || {
        PacerController::new(&pacer, Telemetry::Full)
    });
    // 24 calls a minute, half of them answered, none lost: connects tell the logged-in hours.
    let working = |f: &Figures| 24.0 * 60.0 * 0.5 / (f.connects_per_agent_hour * f64::from(agents));
    holds(
        "breaks, share working",
        &runs,
        working,
        1.0 / (1.0 + per_hour * break_hours),
    );
}

#[test]
fn limited_lines_let_through_what_fits() {
    // A call a second, each on its line for 22 s, and 11 lines: every second call has to wait
    // for none and is not placed.
    let scenario = Scenario {
        hours: 10.0,
        dialer: Dialing {
            lines_max: 11,
            ..Dialing::default()
        },
        answer_rate: dialpace::sim::AnswerRate {
            base: 0.01,
            ..Default::default()
        },
        calls: Calls {
            talk: Distribution::Fixed { mean_secs: 0.0 },
            time_to_answer: Distribution::Fixed { mean_secs: 22.0 },
            ..Calls::default()
        },
        ..Scenario::default()
    };
    let pacer = fixed_rate(60);
    let placed = runs(&scenario, 1, || {
        PacerController::new(&pacer, Telemetry::Full)
    })[0]
        .calls_dialed;
    assert!((placed - 18_000.0).abs() < 40.0, "{placed}");
}

#[test]
fn machines_passed_by_mistake_occupy_agents_and_abandon_nobody() {
    let mut scenario = offered(50, 5.0, Distribution::Fixed { mean_secs: 60.0 }).0;
    scenario.answer_rate.base = 0.01;
    scenario.calls.no_answer_share = 0.0;
    scenario.calls.machine_share = 1.0;
    scenario.calls.machine_passed_share = 0.5;
    scenario.calls.machine_handle = Distribution::Exponential { mean_secs: 30.0 };
    scenario.calls.talk = Distribution::Fixed { mean_secs: 0.0 };
    (scenario.hours, scenario.warm_up_secs) = (40.0, 1_800.0);
    let pacer = fixed_rate(20);
    let runs = runs(&scenario, 20, || {
        PacerController::new(&pacer, Telemetry::Full)
    });
    // 20 calls a minute, 99 % machines, half passed, 30 s each, over 50 agents.
    holds(
        "machines, occupancy",
        &runs,
        |f| f.occupancy,
        20.0 / 60.0 * 0.99 * 0.5 * 30.0 / 50.0,
    );
    assert!(runs.iter().all(|run| run.abandonment_rate == 0.0));
}

#[test]
fn the_answer_rate_model_has_its_wave_and_its_steps() {
    // Three agents' worth of calls, all connected: connects follow the mean probability.
    let mean_over = |answer_rate: dialpace::sim::AnswerRate| {
        let mut scenario = offered(60, 5.0, Distribution::Fixed { mean_secs: 10.0 }).0;
        scenario.answer_rate = answer_rate;
        (scenario.hours, scenario.warm_up_secs) = (50.0, 3_600.0);
        let pacer = fixed_rate(30);
        let runs = runs(&scenario, 20, || {
            PacerController::new(&pacer, Telemetry::Full)
        });
        runs.into_iter()
            .map(|f| Figures {
                connects_per_agent_hour: f.connects_per_agent_hour * 60.0 / 1_800.0,
                ..f
            })
            .collect::<Vec<_>>()
    };
    let base = dialpace::sim::AnswerRate {
        base: 0.3,
        ..Default::default()
    };
    let wave = dialpace::sim::AnswerRate {
        amplitude: 0.5,
        period_secs: 3_600.0,
        ..base.clone()
    };
    holds(
        "a wave over whole periods",
        &mean_over(wave),
        |f| f.connects_per_agent_hour,
        0.3,
    );
    let drift = dialpace::sim::AnswerRate {
        drift_deviation: 0.05,
        drift_relaxation_secs: 600.0,
        ..base.clone()
    };
    holds(
        "a drift around 0",
        &mean_over(drift),
        |f| f.connects_per_agent_hour,
        0.3,
    );
    let half_way = Step {
        at_secs: 3_600.0 + 24.5 * 3_600.0,
        factor: 0.5,
    };
    let steps = dialpace::sim::AnswerRate {
        steps: vec![half_way],
        ..base
    };
    holds(
        "half from half-way on",
        &mean_over(steps),
        |f| f.connects_per_agent_hour,
        0.225,
    );
}

/// A campaign that is asked all the time is the one that is asked once: what a question leaves
/// behind changes no answer.
#[test]
fn a_campaign_shows_the_same_however_often_it_is_asked() {
    let scenario = Scenario::default();
    let rates = [
        (0.0, 20),
        (3_600.0, 47),
        (3_725.0, 90),
        (5_000.0, 33),
        (9_000.0, 0),
    ];
    let open = || OnDemandWorld::new(&scenario, Unit::CallsPerMinute, SEED, 3_600.0);
    let mut asked = open();
    let mut rates_left = rates.to_vec();
    for question in 1..700_u32 {
        let now_secs = f64::from(question) * 13.7 + 30.0;
        while rates_left.first().is_some_and(|(at, _)| *at <= now_secs) {
            let (at, rate) = rates_left.remove(0);
            asked.set(at, Lever::Rate(rate));
        }
        let shown = asked.metrics(now_secs);
        if question % 50 == 0 {
            let mut once = open();
            for (at, rate) in rates.iter().filter(|(at, _)| *at <= now_secs) {
                once.set(*at, Lever::Rate(*rate));
            }
            assert_eq!(once.metrics(now_secs), shown, "at {now_secs} s");
            let (once, asked) = (once.figures(now_secs), asked.figures(now_secs));
            assert_eq!(once.calls_dialed, asked.calls_dialed);
            assert!((once.occupancy - asked.occupancy).abs() < 1e-9);
            assert_eq!(once.abandonment_rate, asked.abandonment_rate);
            assert!((once.dial_rate - asked.dial_rate).abs() < 1e-9);
        }
    }
    assert!(asked.figures(9_500.0).occupancy > 0.1);
}
