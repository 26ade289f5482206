//! Short texts of the board.

use std::collections::VecDeque;
use std::time::Duration;

use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;

/// A name of at most `width` characters; what is left out is in its middle, since names often differ
/// at their ends.
pub(super) fn shortened(name: &str, width: usize) -> String {
    let length = name.chars().count();
    if length <= width {
        return name.to_owned();
    }
    let kept = width.saturating_sub(1);
    let begin = name.chars().take(kept.div_ceil(2));
    let end = name.chars().skip(length - kept / 2);
    begin.chain(['…']).chain(end).collect()
}

/// "never", "once", "98 times"
pub(super) fn times(n: u64) -> String {
    match n {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times"),
    }
}

/// "14:03:31"
pub(super) fn time_of_day(at: UnixMillis) -> String {
    rfc3339(at).chars().skip(11).take(8).collect()
}

/// "45 s", "50 min", "8.5 h"
pub(super) fn span(duration: Duration) -> String {
    match duration.as_secs() {
        secs @ ..120 => format!("{secs} s"),
        secs @ 120..7_200 => format!("{} min", secs / 60),
        secs => format!("{}.{} h", secs / 3_600, secs % 3_600 / 360),
    }
}

/// A bar for each value; the highest value has a full bar.
pub(super) fn sparkline(values: &VecDeque<u32>) -> String {
    let highest = values.iter().copied().max().unwrap_or(0).max(1);
    let bar = |value: &u32| {
        let level = (u64::from(*value) * 7).div_ceil(u64::from(highest));
        let level = usize::try_from(level).unwrap_or(0);
        BARS.get(level).copied().unwrap_or(' ')
    };
    values.iter().map(bar).collect()
}

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
