//! The basis of a dial ratio: the account of abandoned calls.

use std::fmt;

/// The account of abandoned calls that a dial ratio rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioBasis {
    /// Live answers reported in the last quarter of an hour.
    pub answered: u32,
    /// Of these, abandoned.
    pub abandoned: u32,
    /// Abandoned calls that the aim still allows; below 0, too many were abandoned.
    pub allowance: f64,
    /// The abandonment rate to aim at.
    pub aim: f64,
    /// The abandonment rate to expect at the ratio in force.
    pub expected: f64,
    /// The next higher ratio; 0 at the highest.
    pub next: f64,
    /// The abandonment rate to expect there.
    pub next_expected: f64,
    /// The reason of the choice.
    pub cause: RatioCause,
}

/// The reason for which `ratio` raises, lowers or keeps a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatioCause {
    /// The account allows this ratio, and not the next.
    Within,
    /// The account is overdrawn: lowered by a step.
    Overdrawn,
    /// No calls were reported for long: lowered to the minimum.
    NoResults,
    /// The account allows the next ratio: raised by a step.
    Raised,
    /// A raise waits for a second poll that asks for it.
    FirstPoll,
    /// A raise waits until the last change is long enough ago.
    Dwell,
    /// A raise waits for the budget of changes.
    Budget,
    /// A raise waits for more available agents than usual.
    FewAvailable,
}

impl fmt::Display for RatioBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            answered,
            abandoned,
            allowance,
            aim,
            expected,
            next,
            next_expected,
            cause,
        } = *self;
        let (aim, calls) = (aim * 100.0, allowance.abs());
        write!(f, "{abandoned} of {answered} answers abandoned in 15 min; ")?;
        if allowance < 0.0 {
            write!(
                f,
                "the account of {aim:.2} % is overdrawn by {calls:.1} calls"
            )?;
        } else {
            write!(f, "the account of {aim:.2} % holds {calls:.1} calls")?;
        }
        if cause != RatioCause::NoResults {
            write!(f, "; {:.1} % expected", expected * 100.0)?;
            if next > 0.0 {
                write!(f, ", {:.1} % at {next}", next_expected * 100.0)?;
            }
        }
        f.write_str(match cause {
            RatioCause::Within | RatioCause::Overdrawn | RatioCause::Raised => "",
            RatioCause::NoResults => "; no calls reported for 20 min",
            RatioCause::FirstPoll => "; a raise waits for a second poll",
            RatioCause::Dwell => "; a raise waits, the last change is too recent",
            RatioCause::Budget => "; a raise waits, too many changes in an hour",
            RatioCause::FewAvailable => "; a raise waits for more available agents",
        })
    }
}
