//! Text as a word of a shell, for commands that a person pastes.

use std::borrow::Cow;

/// `text` as one word of a POSIX shell.
///
/// ```
/// # use dialpace::base::shell::word;
/// assert_eq!(word("a/b.toml"), "a/b.toml");
/// assert_eq!(word("it's mine.toml"), r"'it'\''s mine.toml'");
/// ```
#[must_use]
pub fn word(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=,+@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}
