//! Files that are no text of rows, told by their first bytes.

use crate::base::input::InputError;

/// Refuses a file of another kind, with what to do about it.
pub(super) fn refuse_other_kinds(start: &[u8]) -> Result<(), InputError> {
    let named = |text: &str| Err(InputError(text.to_owned()));
    for (magic, kind) in MAGIC {
        if start.starts_with(magic) {
            return named(kind);
        }
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        let has = |name: &[u8]| memchr::memmem::find(start, name).is_some();
        let is_workbook = has(b"[Content_Types].xml") || has(b"xl/") || has(b"_rels/");
        return named(if is_workbook {
            "it is an Excel workbook: save it as CSV (UTF-8)"
        } else {
            "it is a zip archive: unpack it first, such as unzip -p FILE | dialpace backtest -"
        });
    }
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    let begin: Vec<u8> = text.trim_ascii_start().iter().take(16).copied().collect();
    let begin = begin.to_ascii_lowercase();
    if begin.starts_with(b"<?xml") {
        return named("it is XML: export it as CSV");
    }
    let html: [&[u8]; 4] = [b"<!doctype", b"<html", b"<table", b"<meta"];
    if html.iter().any(|tag| begin.starts_with(tag)) {
        return named("it is an HTML table, whatever its name says: save it as CSV (UTF-8)");
    }
    if is_utf16(start) {
        return Ok(());
    }
    match start.iter().position(|byte| *byte == 0) {
        Some(place) => Err(InputError(format!(
            "byte {} is 0, so it is not UTF-8 text: is it UTF-16 without a mark, or a binary file? Save it as CSV (UTF-8)",
            place + 1
        ))),
        None => Ok(()),
    }
}

/// True where a mark says that it is UTF-16.
pub(super) fn is_utf16(start: &[u8]) -> bool {
    start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF")
}

/// The first bytes of a kind, and what to do about it.
const MAGIC: [(&[u8], &str); 14] = [
    (
        b"\x1F\x8B",
        "it is compressed; unpack it first, such as zcat FILE | dialpace backtest -",
    ),
    (b"BZh", BZIP2),
    (
        b"\xFD7zXZ\0",
        "it is compressed with xz: unpack it first, such as xzcat FILE | dialpace backtest -",
    ),
    (
        b"\x28\xB5\x2F\xFD",
        "it is compressed with zstd: unpack it first, such as zstdcat FILE | dialpace backtest -",
    ),
    (b"7z\xBC\xAF\x27\x1C", "it is a 7z archive: unpack it first"),
    (
        b"PAR1",
        "it is a Parquet file: write it as CSV, such as with DuckDB: COPY (FROM 'FILE') TO 'history.csv'",
    ),
    (b"ORC", "it is an ORC file: write it as CSV"),
    (b"Obj\x01", "it is an Avro file: write it as CSV"),
    (b"ARROW1", "it is an Arrow file: write it as CSV"),
    (
        b"SQLite format 3",
        "it is an SQLite database: export the table as CSV",
    ),
    (b"%PDF", "it is a PDF: export the report as CSV"),
    (
        b"\xD0\xCF\x11\xE0",
        "it is an old Excel workbook (.xls): save it as CSV (UTF-8)",
    ),
    (b"\xFF\xFE\0\0", UTF_32),
    (b"\0\0\xFE\xFF", UTF_32),
];
const BZIP2: &str =
    "it is compressed with bzip2: unpack it first, such as bzcat FILE | dialpace backtest -";
const UTF_32: &str = "it is UTF-32 text: save it as CSV (UTF-8)";
