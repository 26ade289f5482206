//! Forms of `--time-format` that read the times of a file.

use jiff::tz::TimeZone;

use super::civil_time::civil_time;
use super::time_format::{FormattedTime, TimeFormat};

/// The forms that read every one of `times`, as options, where there are some: one, or two that read them
/// in another order of day and month.
pub(super) fn likely_forms(times: &[String]) -> Option<String> {
    let first = times.first()?;
    if civil_time(first).is_some() || first.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let dates = DATES.iter().flat_map(|date| {
        BETWEEN
            .iter()
            .map(move |between| format!("{date}{between}"))
    });
    let with_times = dates.flat_map(|date| {
        let times = TIMES
            .iter()
            .flat_map(|time| OFFSETS.iter().map(move |offset| format!("{time}{offset}")));
        times.map(move |time| format!("{date}{time}"))
    });
    let forms = with_times.chain(DATES.iter().map(|date| (*date).to_owned()));
    let mut found: Vec<(String, Vec<FormattedTime>)> = Vec::new();
    for form in forms {
        if let Some(read) = read_all(&form, times)
            && found.iter().all(|(_, other)| *other != read)
            && found.len() < FORMS_MAX
        {
            found.push((form, read));
        }
    }
    let option = |form: &str| format!("--time-format '{form}'");
    match found.as_slice() {
        [] => None,
        [(one, _)] => Some(format!("give {}", option(one))),
        [(one, _), (other, _), ..] => Some(format!(
            "give {} or {}: which one is right is not told",
            option(one),
            option(other)
        )),
    }
}

/// The times as `form` reads them, where it reads all of them as times of this century.
fn read_all<'a>(form: &str, times: &'a [String]) -> Option<Vec<FormattedTime<'a>>> {
    let format = TimeFormat::Strptime(form.to_owned());
    let read = times
        .iter()
        .map(|text| format.read(text).ok().filter(has_plausible_year));
    let read: Option<Vec<FormattedTime>> = read.collect();
    read.filter(|read| !read.is_empty())
}

fn has_plausible_year(time: &FormattedTime) -> bool {
    let year = match time {
        FormattedTime::At(time) => time.to_zoned(TimeZone::UTC).year(),
        FormattedTime::Civil(time) | FormattedTime::Named(time, _) => time.year(),
    };
    (2000..2100).contains(&year)
}

/// Dates; `%y` reads no year of four digits, since digits are left over.
const DATES: [&str; 23] = [
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%a, %d %b %Y",
    "%A, %B %d, %Y",
    "%Y.%m.%d",
    "%d. %B %Y",
    "%d %B %Y",
    "%G-W%V-%u",
    "%Y-%j",
    "%d%b%Y",
    "%Y. %m. %d.",
    "%a %b %d %Y",
];
const BETWEEN: [&str; 7] = [" ", "T", ", ", "  ", " at ", " @ ", ":"];
const TIMES: [&str; 12] = [
    "%H:%M:%S",
    "%H:%M",
    "%I:%M:%S %p",
    "%I:%M %p",
    "%I:%M:%S%p",
    "%I:%M%p",
    "%H:%M:%S%.f",
    "%I.%M.%S%.f %p",
    "%H.%M.%S%.f",
    "%H.%M.%S",
    "%H.%M",
    "%H%M",
];
const OFFSETS: [&str; 5] = ["", " %z", "%z", " %:z", "%Z"];
/// Forms that are named: a day and a month in two orders.
const FORMS_MAX: usize = 2;
