//! The header of a CSV file, found among its first records.

use super::header::Header;
use super::records::{Records, first_record};
use crate::base::input::InputError;
use crate::history::column_names::ColumnNames;
use crate::history::number_form::trimmed;
use crate::history::options::ReadingOptions;
use crate::history::quoted_lines::within_quotes;

/// A header that may be the one of the file.
pub(super) struct Candidate {
    pub(super) delimiter: u8,
    fields: Vec<String>,
    /// Bytes before it, and before what follows it.
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// The first header that has every needed column; else the error of the likeliest one.
pub(super) fn find_header(
    probe: &[u8],
    start: usize,
    delimiters: &[u8],
    tries: usize,
    options: &ReadingOptions,
) -> Result<(Candidate, Header), InputError> {
    if let Some(names) = &options.header {
        return given_header(names, probe, start, delimiters, options);
    }
    let mut found: Option<(Candidate, Header)> = None;
    // The first of those with the most known names, and then the most names.
    let mut likeliest: Option<((usize, usize), Candidate, InputError)> = None;
    for delimiter in delimiters {
        // No header is before one in the first line.
        let first = first_record(probe, start);
        if found.as_ref().is_some_and(|(it, _)| it.begin == first) {
            break;
        }
        for candidate in candidates(probe, start, *delimiter, tries) {
            let is_later = |other: &Candidate| candidate.begin >= other.begin;
            match Header::new(&candidate.fields, &options.columns) {
                Ok(_) if found.as_ref().is_some_and(|(it, _)| is_later(it)) => {}
                Ok(header) => {
                    found = Some((candidate, header));
                    break;
                }
                Err(error) => {
                    let known = Header::known(&candidate.fields, &options.columns);
                    let names = candidate.fields.iter().filter(|it| !it.is_empty());
                    let rank = (known, names.count());
                    if likeliest.as_ref().is_none_or(|(most, ..)| rank > *most) {
                        likeliest = Some((rank, candidate, error));
                    }
                }
            }
        }
    }
    if let Some((candidate, header)) = found {
        let bytes = probe
            .get(candidate.begin..candidate.end)
            .unwrap_or_default();
        return match str::from_utf8(bytes) {
            Ok(_) => Ok((candidate, header)),
            Err(_) => Err(InputError(NOT_UTF8.to_owned())),
        };
    }
    let Some((_, candidate, InputError(error))) = likeliest else {
        return Err(InputError("it has no header".to_owned()));
    };
    let before = probe.get(..candidate.begin).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let has_more_before = candidate.begin != first_record(probe, start);
    Err(InputError(
        if candidate.fields.iter().any(|it| it.contains('\u{FFFD}')) {
            format!("{NOT_UTF8}; {error}")
        } else if has_more_before {
            format!(
                "{error} (if line {line} is the header; --skip-lines {} says so)",
                line - 1
            )
        } else {
            error
        },
    ))
}

/// The header that `--header` gives, with the delimiter by which the first row has as many fields.
fn given_header(
    names: &[String],
    probe: &[u8],
    start: usize,
    delimiters: &[u8],
    options: &ReadingOptions,
) -> Result<(Candidate, Header), InputError> {
    let fields_by = |delimiter: &u8| {
        let first = candidates(probe, start, *delimiter, 1).into_iter().next();
        first.map_or(0, |first| first.fields.len())
    };
    let fits = |delimiter: &&u8| fields_by(delimiter) == names.len();
    let Some(delimiter) = delimiters.iter().find(fits) else {
        let most = delimiters.iter().map(fields_by).max().unwrap_or(0);
        return Err(InputError(format!(
            "--header names {} columns, and its first row has {most}",
            names.len()
        )));
    };
    let header = Header::new(names, &options.columns)?;
    let candidate = Candidate {
        delimiter: *delimiter,
        fields: names.to_vec(),
        begin: first_record(probe, start),
        end: first_record(probe, start),
    };
    Ok((candidate, header))
}

/// The first records of the probe, as headers.
fn candidates(probe: &[u8], start: usize, delimiter: u8, tries: usize) -> Vec<Candidate> {
    let text = probe.get(start..).unwrap_or_default();
    let mut records = Records::new(text, delimiter);
    let mut candidates = Vec::new();
    while candidates.len() < tries
        && let Some((record, begin, end)) = records.next()
    {
        let name = |field: &[u8]| String::from_utf8_lossy(trimmed(field)).into_owned();
        candidates.push(Candidate {
            delimiter,
            fields: record.iter().map(name).collect(),
            begin: start + begin,
            end: start + end,
        });
    }
    candidates
}

/// True where the first line is a header in quotes as a whole, so that it has one field.
pub(in crate::history) fn has_quoted_lines(probe: &[u8]) -> bool {
    let mut lines = probe.split_inclusive(|byte| *byte == b'\n');
    let first = lines.find(|line| !line.trim_ascii().is_empty());
    let Some(header) = first.and_then(within_quotes) else {
        return false;
    };
    let has_columns = |delimiter: &u8| {
        let fields = candidates(&header, 0, *delimiter, 1).into_iter().next();
        fields.is_some_and(|it| Header::known(&it.fields, &ColumnNames::default()) > 1)
    };
    DELIMITERS.iter().any(has_columns)
}

const NOT_UTF8: &str = "its header is not UTF-8 text (Windows-1252?); save it as CSV (UTF-8), or use iconv -f WINDOWS-1252 -t UTF-8 FILE | dialpace backtest -";
/// Delimiters that are looked for; of two in the same line, the earlier here.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
