//! The foot of an HTML report: what made it. There is no time in it, so that the same input gives the
//! same page.

use super::chart::{add, escape};

/// What made a report.
#[derive(Clone, Debug, Default)]
pub struct MadeBy {
    /// The words of the command line after the program's name, without those that change nothing on
    /// the page and those that name files of settings.
    pub command: Vec<String>,
    /// The seed of all draws, where there are any.
    pub seed: Option<u64>,
    /// The settings that pace, by key, from whatever source.
    pub settings: Vec<(String, String)>,
}

impl MadeBy {
    pub(super) fn html(&self) -> String {
        let command: Vec<String> = self.command.iter().map(|word| quoted(word)).collect();
        let mut html = format!(
            "<footer><p class=\"note\">Made by dialpace {}: <code>dialpace {}</code>",
            env!("CARGO_PKG_VERSION"),
            escape(&command.join(" "))
        );
        if let Some(seed) = self.seed {
            add(&mut html, format_args!(", seed {seed}"));
        }
        html.push_str(".</p>");
        if !self.settings.is_empty() {
            let settings = self.settings.iter();
            let settings: Vec<String> = settings
                .map(|(key, value)| format!("{key} = {value}"))
                .collect();
            add(
                &mut html,
                format_args!(
                    "<p class=\"note\">Settings that pace, from options, files, the environment and by default: {}.</p>",
                    escape(&settings.join("; "))
                ),
            );
        }
        html.push_str("</footer>\n");
        html
    }
}

/// A word of a command line, in quotes where a shell would take it for something else.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+/:,=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
