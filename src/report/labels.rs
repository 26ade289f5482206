//! Labels in a picture: how wide each is, and where there is room.

/// The side of a label on which its position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }

    /// The left and the right end of a text at `x`.
    pub(super) fn extent(self, x: f64, words: &str) -> (f64, f64) {
        let width = text_width(words);
        match self {
            Self::Start => (x, x + width),
            Self::Middle => (x - width / 2.0, x + width / 2.0),
            Self::End => (x - width, x),
        }
    }
}

/// The labels of a picture so far, none of which overlaps another.
#[derive(Debug)]
pub(super) struct Labels {
    left: f64,
    right: f64,
    taken: Vec<Area>,
}

/// Where a label or a mark is.
#[derive(Clone, Copy, Debug)]
struct Area {
    x: (f64, f64),
    y: (f64, f64),
}

impl Area {
    fn meets(&self, other: &Self) -> bool {
        let apart = |a: (f64, f64), b: (f64, f64)| a.1 <= b.0 || b.1 <= a.0;
        !apart(self.x, other.x) && !apart(self.y, other.y)
    }
}

impl Labels {
    /// No labels yet, between two sides of a picture.
    pub(super) fn inside(left: f64, right: f64) -> Self {
        Self {
            left,
            right,
            taken: Vec::new(),
        }
    }

    /// Keeps the place of a mark free of labels.
    pub(super) fn keep_free(&mut self, x: f64, y: f64, radius: f64) {
        self.taken.push(Area {
            x: (x - radius, x + radius),
            y: (y - radius, y + radius),
        });
    }

    /// Takes the place of a label with its base line at `y`. False where there is no room.
    pub(super) fn take(&mut self, x: f64, y: f64, anchor: Anchor, words: &str) -> bool {
        let (left, right) = anchor.extent(x, words);
        let area = Area {
            x: (left - 2.0, right + 2.0),
            y: (y - ASCENT, y + DESCENT),
        };
        let is_inside = left >= self.left && right <= self.right;
        if !is_inside || self.taken.iter().any(|other| other.meets(&area)) {
            return false;
        }
        self.taken.push(area);
        true
    }
}

/// An upper estimate of the width of a text of 13 pixels, in any usual font.
pub(super) fn text_width(words: &str) -> f64 {
    let chars = u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
    f64::from(chars) * CHAR_WIDTH
}

const CHAR_WIDTH: f64 = 8.0;
/// Heights of a text above and below its base line.
const ASCENT: f64 = 12.0;
const DESCENT: f64 = 4.0;
