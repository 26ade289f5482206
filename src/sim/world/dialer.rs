//! The dialer: it places calls and knows of each when it is answered, or when it ends unanswered.
//!
//! Unanswered calls only have to be counted when they end, so they wait in queues that are emptied
//! at each poll; answers are events.

use std::collections::VecDeque;

use super::call::AnsweredCall;
use super::event::EventQueue;
use crate::sim::answer::AnswerModel;
use crate::sim::controller::ReferenceDialer;
use crate::sim::draws::{Purpose, Stream, Streams};
use crate::sim::scenario::{Calls, Scenario};

#[derive(Clone)]
pub(super) struct Dialer {
    calls: Calls,
    streams: Streams,
    answer_model: AnswerModel,
    outcomes: Stream,
    placed: u64,
    counted_from_secs: f64,
    counted: u64,

    answers: EventQueue<AnsweredCall>,
    rung_out: VecDeque<f64>,
    failed: VecDeque<f64>,
    machines_detected: EventQueue<()>,
    interval: Attempts,

    follows_idle_agents: bool,
    /// Ends of unanswered calls, each followed by another call.
    retries: EventQueue<()>,

    /// 0: no limit.
    lines_max: usize,
    counts_lines: bool,
    /// Ends of line use.
    lines: EventQueue<()>,
    counts_conversations: bool,
    /// Ends of conversations.
    conversations: EventQueue<()>,
}

/// Attempts that ended in an interval.
#[derive(Clone, Copy, Default)]
pub(super) struct Attempts {
    pub(super) ended: u32,
    /// Of these, answered by a person.
    pub(super) answered: u32,
}

impl Dialer {
    pub(super) fn new(
        scenario: &Scenario,
        reference: Option<ReferenceDialer>,
        streams: Streams,
        counted_from_secs: f64,
    ) -> Self {
        let is_level = matches!(reference, Some(ReferenceDialer::Level(_)));
        let lines_max = scenario.dialer.lines_max as usize;
        Self {
            calls: scenario.calls.clone(),
            streams,
            answer_model: AnswerModel::new(&scenario.answer_rate, streams),
            outcomes: streams.of(Purpose::Outcome, 0),
            placed: 0,
            counted_from_secs,
            counted: 0,
            answers: EventQueue::new(),
            rung_out: VecDeque::new(),
            failed: VecDeque::new(),
            machines_detected: EventQueue::new(),
            interval: Attempts::default(),
            follows_idle_agents: reference == Some(ReferenceDialer::Progressive),
            retries: EventQueue::new(),
            lines_max,
            counts_lines: lines_max > 0 || is_level,
            lines: EventQueue::new(),
            counts_conversations: is_level,
            conversations: EventQueue::new(),
        }
    }

    pub(super) fn next_answer_at(&self) -> f64 {
        self.answers.next_at()
    }

    pub(super) fn next_retry_at(&self) -> f64 {
        self.retries.next_at()
    }

    /// Whether an agent who becomes idle gets a call at once.
    pub(super) fn follows_idle_agents(&self) -> bool {
        self.follows_idle_agents
    }

    /// Whether the number of callers who wait matters to [`Dialer::place_call`].
    pub(super) fn limits_lines(&self) -> bool {
        self.lines_max > 0
    }

    /// Places a call, unless all lines are in use; each of the `waiting` callers uses one.
    pub(super) fn place_call(&mut self, now: f64, waiting: usize) {
        if self.limits_lines() && self.lines_in_use(now, waiting) >= self.lines_max {
            return;
        }
        let number = self.placed;
        self.placed += 1;
        self.counted += u64::from(now >= self.counted_from_secs);
        let probability = self.answer_model.at(now);
        let draw = self.outcomes.uniform();
        if draw < probability {
            let mut stream = self.streams.of(Purpose::Call, number);
            let (answer_secs, call) = AnsweredCall::by_person(&self.calls, &mut stream);
            self.answers.push(now + answer_secs, call);
        } else {
            let rest = (draw - probability) / (1.0 - probability);
            self.place_unanswered(now, number, rest);
        }
    }

    /// The first call that is answered.
    pub(super) fn pop_answer(&mut self) -> Option<AnsweredCall> {
        let call = self.answers.pop()?;
        self.interval.ended += 1;
        self.interval.answered += u32::from(!call.is_machine);
        Some(call)
    }

    pub(super) fn pop_retry(&mut self) {
        self.retries.pop();
    }

    /// An agent talks on a line of the dialer until `at`.
    pub(super) fn converse_until(&mut self, at: f64) {
        self.use_line_until(at);
        if self.counts_conversations {
            self.conversations.push(at, ());
        }
    }

    /// Lines of calls that ring, wait or are in conversation.
    pub(super) fn lines_in_use(&mut self, now: f64, waiting: usize) -> usize {
        self.lines.remove_until(now);
        self.lines.len() + self.answers.len() + waiting
    }

    pub(super) fn conversations(&mut self, now: f64) -> usize {
        self.conversations.remove_until(now);
        self.conversations.len()
    }

    /// Attempts that ended since this was last asked.
    pub(super) fn end_interval(&mut self, now: f64) -> Attempts {
        self.count_unanswered(now);
        std::mem::take(&mut self.interval)
    }

    /// Counts the unanswered calls that have ended.
    pub(super) fn count_unanswered(&mut self, now: f64) {
        for queue in [&mut self.rung_out, &mut self.failed] {
            while queue.front().is_some_and(|over| *over <= now) {
                queue.pop_front();
                self.interval.ended += 1;
            }
        }
        self.interval.ended += self.machines_detected.remove_until(now);
    }

    /// Calls placed so far.
    pub(super) fn placed(&self) -> u64 {
        self.placed
    }

    /// Calls placed in the counted time.
    pub(super) fn counted(&self) -> u64 {
        self.counted
    }

    /// A call that no person answers; `draw` is uniform and decides why.
    fn place_unanswered(&mut self, now: f64, number: u64, draw: f64) {
        let calls = &self.calls;
        let no_answer = calls.no_answer_share;
        let failing = no_answer + calls.busy_share + calls.invalid_share;
        let over = if draw < no_answer || no_answer >= 1.0 {
            let over = now + calls.ring_out_secs;
            self.rung_out.push_back(over);
            over
        } else if draw < failing {
            let over = now + calls.fail_secs;
            self.failed.push_back(over);
            over
        } else {
            let mut stream = self.streams.of(Purpose::Call, number);
            let detection_secs = calls.machine_detection_secs;
            let (answer_secs, passed) = AnsweredCall::by_machine(calls, &mut stream);
            if let Some(call) = passed {
                let at = now + (answer_secs + detection_secs);
                return self.answers.push(at, call);
            }
            let over = now + answer_secs + detection_secs;
            self.machines_detected.push(over, ());
            over
        };
        self.use_line_until(over);
        if self.follows_idle_agents {
            self.retries.push(over, ());
        }
    }

    fn use_line_until(&mut self, at: f64) {
        if self.counts_lines {
            self.lines.push(at, ());
        }
    }
}
