//! Names of months in the languages of exports, which strptime does not know.

use std::borrow::Cow;

/// `text` with its names of months in English: in full where `is_full`, else in three letters.
pub(super) fn in_english(text: &str, is_full: bool) -> Cow<'_, str> {
    let is_letter = |c: char| c.is_alphabetic();
    let mut words = text.split(|c| !is_letter(c));
    let found = words.find_map(|word| Some((word, month_of(word)?)));
    match found {
        None => Cow::Borrowed(text),
        Some((word, month)) => {
            let (english, _) = month;
            let name = if is_full {
                english
            } else {
                english.get(..3).unwrap_or(english)
            };
            Cow::Owned(text.replacen(word, name, 1))
        }
    }
}

fn month_of(word: &str) -> Option<&'static (&'static str, &'static str)> {
    let word = word.to_lowercase();
    MONTHS
        .iter()
        .find(|(_, names)| names.split(' ').any(|name| name == word))
}

/// Each month in English, and in German, French, Spanish, Italian, Portuguese and Dutch.
const MONTHS: [(&str, &str); 12] = [
    (
        "January",
        "januar jan jänner jän janvier janv enero ene gennaio gen janeiro januari",
    ),
    (
        "February",
        "februar feb feber février févr fév febrero febbraio fevereiro fev februari",
    ),
    ("March", "märz mär mrz mars marzo mar março maart mrt"),
    ("April", "april apr avril avr abril abr aprile"),
    ("May", "mai mayo may maggio mag maio mei"),
    ("June", "juni jun juin junio giugno giu junho"),
    ("July", "juli jul juillet juil julio luglio lug julho"),
    ("August", "august aug août agosto ago augustus"),
    (
        "September",
        "september sep sept septembre septiembre settembre set setembro",
    ),
    (
        "October",
        "oktober okt octobre oct octubre ottobre ott outubro out",
    ),
    ("November", "november nov novembre noviembre novembro"),
    (
        "December",
        "dezember dez décembre déc dic diciembre dicembre dezembro december dec",
    ),
];
