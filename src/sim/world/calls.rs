//! Placing calls, and what becomes of them until somebody answers or nobody does.

use super::super::controller::Placing;
use super::super::draws::{Distribution, Purpose};
use super::event::{Timed, next_of};
use super::{LiveCall, World, gap};

impl World {
    pub(super) fn dial(&mut self) {
        self.last_call = self.now;
        self.gap = gap(self.scenario.dialer.spacing, &mut self.spacing);
        self.schedule_call();
        self.place_call();
    }

    pub(super) fn place_call(&mut self) {
        let lines_max = self.scenario.dialer.lines_max as usize;
        if lines_max > 0 && self.lines_in_use() >= lines_max {
            return;
        }
        let number = self.calls;
        self.calls += 1;
        if self.counts() {
            self.tally.calls_dialed += 1;
        }
        let probability = self.answer_model.at(self.now);
        let draw = self.outcomes.uniform();
        if draw < probability {
            let (after, call) = self.live_call(number);
            self.answer_later(after, call);
        } else {
            self.unanswered(number, (draw - probability) / (1.0 - probability));
        }
    }

    /// A call that no live person answers; `draw` is uniform and says why.
    pub(super) fn unanswered(&mut self, number: u64, draw: f64) {
        let calls = &self.scenario.calls;
        let no_answer = calls.no_answer_share;
        let failing = no_answer + calls.busy_share + calls.invalid_share;
        let over = if draw < no_answer || calls.no_answer_share >= 1.0 {
            let over = self.now + calls.ring_out_secs;
            self.rung_out.push_back(over);
            over
        } else if draw < failing {
            let over = self.now + calls.fail_secs;
            self.failed.push_back(over);
            over
        } else {
            let mut stream = self.streams.of(Purpose::Call, number);
            let detection = calls.machine_detection_secs;
            let passed = stream.uniform() < calls.machine_passed_share;
            let answer = calls.time_to_answer.sample(&mut stream);
            if passed {
                let call = LiveCall {
                    talk: calls.machine_handle.sample(&mut stream),
                    wrap_up: 0.0,
                    patience: 0.0,
                    is_machine: true,
                };
                return self.answer_later(answer + detection, call);
            }
            let over = self.now + answer + detection;
            let sequence = self.next_sequence();
            self.detected.push(Timed {
                at: over,
                sequence,
                what: (),
            });
            over
        };
        self.use_line_until(over);
        if self.placing == Placing::OnePerIdleAgent {
            let sequence = self.next_sequence();
            self.retries.push(Timed {
                at: over,
                sequence,
                what: (),
            });
        }
    }

    pub(super) fn live_call(&self, number: u64) -> (f64, LiveCall) {
        let calls = &self.scenario.calls;
        let mut stream = self.streams.of(Purpose::Call, number);
        let answer = calls.time_to_answer.sample(&mut stream);
        let call = LiveCall {
            talk: calls.talk.sample(&mut stream),
            wrap_up: calls.wrap_up.sample(&mut stream),
            patience: match calls.patience {
                Distribution::Fixed { mean_secs } => mean_secs,
                drawn => drawn.sample(&mut stream),
            },
            is_machine: false,
        };
        (answer, call)
    }

    pub(super) fn answer_later(&mut self, after: f64, call: LiveCall) {
        let at = self.now + after;
        let sequence = self.next_sequence();
        self.answers.push(Timed {
            at,
            sequence,
            what: call,
        });
    }

    pub(super) fn schedule_call(&mut self) {
        self.next_call = if self.dial_rate == 0 {
            f64::INFINITY
        } else {
            (self.last_call + self.gap * 60.0 / f64::from(self.dial_rate)).max(self.now)
        };
    }

    pub(super) fn use_line_until(&mut self, at: f64) {
        if self.scenario.dialer.lines_max > 0 || self.level.is_some() {
            let sequence = self.next_sequence();
            self.lines.push(Timed {
                at,
                sequence,
                what: (),
            });
        }
    }

    pub(super) fn lines_in_use(&mut self) -> usize {
        while next_of(&self.lines) <= self.now {
            self.lines.pop();
        }
        self.drop_impatient();
        self.lines.len() + self.answers.len() + self.waiting.len()
    }
}
