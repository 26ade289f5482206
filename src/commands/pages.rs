//! `completions` and `man`: pages made from the command line itself.

use std::io::{self, Write};

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use super::cli::Cli;
use super::{exit, manual};
use crate::base::input::InputError;

/// Prints a completion script.
#[must_use]
pub fn completions(shell: Shell) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "dialpace", &mut script);
    print(&script)
}

/// Prints the manual page of a subcommand, or of dialpace itself.
pub fn manual(name: Option<&str>) -> Result<u8> {
    let mut command = Cli::command();
    command.build();
    let command = match name {
        None => &command,
        Some(name) => command
            .find_subcommand(name)
            .ok_or_else(|| InputError(format!("there is no subcommand {name:?}")))?,
    };
    Ok(print(&manual::page(command)?))
}

/// A broken pipe means that the reader has seen enough.
fn print(page: &[u8]) -> u8 {
    let _ = io::stdout().lock().write_all(page);
    exit::DONE
}
