//! Names of months in the languages of exports, which strptime does not know.

use std::borrow::Cow;

/// `text` with its name of a month in English: in full where `is_full`, else in three letters, and then
/// without the point of an abbreviation unless `keeps_point`.
pub(super) fn in_english(text: &str, is_full: bool, keeps_point: bool) -> Cow<'_, str> {
    let mut words = text.split(|c: char| !c.is_alphabetic());
    let Some((word, (english, _))) = words.find_map(|word| Some((word, month_of(word)?))) else {
        return Cow::Borrowed(text);
    };
    if is_full {
        return Cow::Owned(text.replacen(word, english, 1));
    }
    let pointed = format!("{word}.");
    let word = if text.contains(&pointed) && !keeps_point {
        &pointed
    } else {
        word
    };
    Cow::Owned(text.replacen(word, english.get(..3).unwrap_or(english), 1))
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
        "january januar jan jänner jän janvier janv enero ene gennaio gen janeiro januari",
    ),
    (
        "February",
        "february februar feb feber février févr fév febrero febbraio fevereiro fev februari",
    ),
    (
        "March",
        "march märz maerz mär mrz mars marzo mar março maart mrt",
    ),
    ("April", "april apr avril avr abril abr aprile"),
    ("May", "may mai mayo may maggio mag maio mei"),
    ("June", "june juni jun juin junio giugno giu junho"),
    ("July", "july juli jul juillet juil julio luglio lug julho"),
    ("August", "august aug août aout agosto ago augustus"),
    (
        "September",
        "september sep sept septembre septiembre settembre set setembro",
    ),
    (
        "October",
        "october oktober okt octobre oct octubre ottobre ott outubro out",
    ),
    ("November", "november nov novembre noviembre novembro"),
    (
        "December",
        "dezember dez décembre déc dic diciembre dicembre dezembro december dec",
    ),
];
