//! Text in lines of a terminal's width, which breaks between words.

/// The lines of `text`, none wider than `width` unless one word is. The second and later lines of a
/// line begin with two blanks.
///
/// ```
/// # use dialpace::report::wrapped::wrapped;
/// assert_eq!(wrapped("dial rate 20 → 24\nheld", 12), "dial rate 20\n  → 24\nheld");
/// ```
#[must_use]
pub fn wrapped(text: &str, width: usize) -> String {
    let lines = text.lines().map(|line| wrapped_line(line, width));
    lines.collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let mut wrapped = String::new();
    let mut used = 0;
    for (n, word) in line.split(' ').enumerate() {
        let length = word.chars().count();
        if n > 0 && used + 1 + length > width {
            wrapped.push_str("\n  ");
            used = 2;
        } else if n > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped
}
