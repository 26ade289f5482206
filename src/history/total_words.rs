//! Words for totals, in the languages that exports are in.

use super::number_form::trimmed;

/// True where a cell begins a row of totals.
pub(super) fn says_total(cell: &[u8]) -> bool {
    let cell = String::from_utf8_lossy(trimmed(cell)).to_lowercase();
    let cell = cell.trim_start_matches(['"', '(', '=', '*']);
    // As psql, MySQL and SQL*Plus end a table.
    let of_shells = ["rows in set", "row in set", "rows selected", "row selected"];
    if cell.ends_with("rows)") || cell == "1 row)" || of_shells.iter().any(|it| cell.contains(it)) {
        return true;
    }
    let mut words = TOTALS.iter().chain(&OTHER_WORDS);
    words.any(|word| {
        let rest = cell.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    })
}

/// True for an id that a row of totals has in place of a campaign's.
pub(super) fn is_total(id: &str) -> bool {
    TOTALS.contains(&id.trim().to_lowercase().as_str())
}

/// Words that mean nothing else.
const TOTALS: [&str; 20] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "gesamt",
    "gesamtergebnis",
    "summe",
    "totale",
    "totaux",
    "totaal",
    "suma",
    "totalt",
    "celkem",
    "összesen",
    "razem",
    "yhteensä",
    "toplam",
    "\u{438}\u{442}\u{43e}\u{433}\u{43e}",
    "\u{5408}\u{8a08}",
    "\u{603b}\u{8ba1}",
];
/// Words that rows of totals begin with, and that a campaign may be called.
const OTHER_WORDS: [&str; 22] = [
    "sum",
    "summary",
    "overall",
    "all",
    "insgesamt",
    "average",
    "avg",
    "mean",
    "durchschnitt",
    "mittelwert",
    "moyenne",
    "promedio",
    "minimum",
    "maximum",
    "min",
    "max",
    "median",
    "count",
    "std",
    "stddev",
    "\u{3c3}",
    "\u{2211}",
];
