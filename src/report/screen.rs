//! A terminal with a block of live lines at its bottom and other output scrolling above it.

use std::io;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use terminal_size::Width;

use super::Console;
use crate::base::notice::{Notice, Notices};
use crate::base::visible;

/// The output of a long run.
pub struct Screen {
    console: Console,
    block: Option<Block>,
}

struct Block {
    all: MultiProgress,
    lines: Vec<ProgressBar>,
}

impl Screen {
    /// A screen with a block of `block` lines; `None` for no block.
    #[must_use]
    pub fn new(console: Console, block: Option<usize>) -> Self {
        let block = block.map(|lines| {
            let all = MultiProgress::new();
            // Cuts each line at the width of the terminal at the time of drawing.
            let style = ProgressStyle::with_template("{wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            let line = |_| all.add(ProgressBar::new_spinner().with_style(style.clone()));
            let lines = (0..lines).map(line).collect();
            Block { all, lines }
        });
        Self { console, block }
    }

    /// True where there is a block.
    #[must_use]
    pub fn has_block(&self) -> bool {
        self.block.is_some()
    }

    /// The width of the terminal at this time, characters.
    #[must_use]
    pub fn width(&self) -> usize {
        let size = terminal_size::terminal_size_of(io::stderr());
        size.map_or(WIDTH, |(Width(width), _)| usize::from(width))
    }

    /// Shows `lines` in the block, from its line `first` on.
    pub fn show(&self, first: usize, lines: &[String]) {
        let bars = self.block.iter().flat_map(|block| &block.lines).skip(first);
        for (bar, line) in bars.zip(lines) {
            bar.set_message(visible::line(line).into_owned());
            bar.tick();
        }
    }

    /// Clears the block, prints, and draws the block again below the output.
    pub fn above<R>(&self, print: impl FnOnce(&Console) -> R) -> R {
        match &self.block {
            Some(block) => {
                let width = Some(self.width());
                let console = Console {
                    width,
                    ..self.console
                };
                block.all.suspend(|| print(&console))
            }
            None => print(&self.console),
        }
    }
}

impl Notices for Screen {
    fn tell(&self, notice: &Notice) {
        self.above(|console| console.tell(notice));
    }

    fn tell_of(&self, campaign: &str, notice: &Notice) {
        self.above(|console| console.tell_of(campaign, notice));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(block) = &self.block {
            // A closed terminal needs no cleaning.
            let _ = block.all.clear();
        }
    }
}

/// The width of a terminal that does not tell it, characters.
const WIDTH: usize = 80;
