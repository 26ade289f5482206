//! The dialer: places calls and holds each until it is answered or ends unanswered.
//!
//! Answers are events. Unanswered calls only have to be counted when they have ended, so their ends
//! are kept in queues that are emptied at each poll.

use std::collections::VecDeque;
use std::ops::Range;

use super::call::AnsweredCall;
use super::event::EventQueue;
use crate::sim::answer::AnswerModel;
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

    /// Lines; 0 for no limit.
    lines_max: usize,
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
        counts_conversations: bool,
        streams: Streams,
        counted: &Range<f64>,
    ) -> Self {
        let lines_max = scenario.dialer.lines_max as usize;
        let steps = scenario.answer_steps(counted.end);
        Self {
            calls: scenario.calls.clone(),
            streams,
            answer_model: AnswerModel::new(&scenario.answer_rate, &steps, streams),
            outcomes: streams.of(Purpose::Outcome, 0),
            placed: 0,
            counted_from_secs: counted.start,
            counted: 0,
            answers: EventQueue::new(),
            rung_out: VecDeque::new(),
            failed: VecDeque::new(),
            machines_detected: EventQueue::new(),
            interval: Attempts::default(),
            lines_max,
            counts_conversations: lines_max > 0 || counts_conversations,
            conversations: EventQueue::new(),
        }
    }

    /// Counts the conversations from now on.
    pub(super) fn count_conversations(&mut self) {
        self.counts_conversations = true;
    }

    pub(super) fn next_answer_at(&self) -> f64 {
        self.answers.next_at()
    }

    /// The time at which the next unanswered call ends.
    pub(super) fn next_unanswered_at(&self) -> f64 {
        let first = |queue: &VecDeque<f64>| queue.front().copied().unwrap_or(f64::INFINITY);
        first(&self.rung_out)
            .min(first(&self.failed))
            .min(self.machines_detected.next_at())
    }

    /// The time at which the next conversation ends, where conversations are counted.
    pub(super) fn next_conversation_end_at(&self) -> f64 {
        self.conversations.next_at()
    }

    /// True where [`Dialer::place_call`] needs the number of waiting callers.
    pub(super) fn limits_lines(&self) -> bool {
        self.lines_max > 0
    }

    /// Places a call and returns true, unless all lines are in use; each of the `waiting` callers uses
    /// one.
    pub(super) fn place_call(&mut self, now: f64, waiting: usize) -> bool {
        if self.limits_lines() && self.lines_in_use(now, waiting) >= self.lines_max {
            return false;
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
        true
    }

    /// Takes the next call that is answered.
    pub(super) fn pop_answer(&mut self) -> Option<AnsweredCall> {
        let call = self.answers.pop()?;
        self.interval.ended += 1;
        self.interval.answered += u32::from(!call.is_machine);
        Some(call)
    }

    /// A conversation uses a line until `at`.
    pub(super) fn converse_until(&mut self, at: f64) {
        if self.counts_conversations {
            self.conversations.push(at, ());
        }
    }

    /// Calls that ring after those that end now.
    pub(super) fn ringing_after(&mut self, now: f64) -> usize {
        self.count_unanswered(now);
        self.ringing()
    }

    /// Calls that ring, as long as each is ended at its time. A machine that is being detected rings.
    pub(super) fn ringing(&self) -> usize {
        let unanswered = self.rung_out.len() + self.failed.len() + self.machines_detected.len();
        self.answers.len() + unanswered
    }

    pub(super) fn conversations(&mut self, now: f64) -> usize {
        self.conversations.remove_until(now);
        self.conversations.len()
    }

    /// Ends an interval and returns its attempts.
    pub(super) fn end_interval(&mut self, now: f64) -> Attempts {
        self.count_unanswered(now);
        std::mem::take(&mut self.interval)
    }

    /// Ends the calls and conversations that last until `now`.
    pub(super) fn end_calls(&mut self, now: f64) {
        self.count_unanswered(now);
        self.conversations.remove_until(now);
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

    /// Lines of calls that ring, wait or are in conversation.
    fn lines_in_use(&mut self, now: f64, waiting: usize) -> usize {
        self.ringing_after(now) + self.conversations(now) + waiting
    }

    /// A call that no person answers; `draw` is uniform and decides why.
    fn place_unanswered(&mut self, now: f64, number: u64, draw: f64) {
        let calls = &self.calls;
        let no_answer = calls.no_answer_share;
        let failing = no_answer + calls.busy_share + calls.invalid_share;
        if draw < no_answer || no_answer >= 1.0 {
            self.rung_out.push_back(now + calls.ring_out_secs);
        } else if draw < failing {
            self.failed.push_back(now + calls.fail_secs);
        } else {
            let mut stream = self.streams.of(Purpose::Call, number);
            let (answer_secs, passed) = AnsweredCall::by_machine(calls, &mut stream);
            let detected_at = now + (answer_secs + calls.machine_detection_secs);
            match passed {
                Some(call) => self.answers.push(detected_at, call),
                None => self.machines_detected.push(detected_at, ()),
            }
        }
    }
}
