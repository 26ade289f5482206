//! Exports as tools and people write them, through the built binary: each gives the decisions of the
//! clean file, or is refused with what decides. Nothing is read with another meaning in silence.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::fmt::Write as _;

use common::{Finished, Folder, Run};

/// One row of the clean file.
struct Row {
    minute: u32,
    second: u32,
    campaign: &'static str,
    /// `None` where the poll failed.
    metrics: Option<(u32, u32, u32, u32)>,
}

fn clean_rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for n in 0..24_u32 {
        for (campaign, shift) in [("spring", 0), ("winter", 7)] {
            let dialed = 1_200 + (n * 37 + shift) % 900;
            let metrics = (
                20 + (n * 7 + shift) % 30,
                dialed,
                dialed * (25 + (n + shift) % 9) / 100,
                30 + n % 5,
            );
            rows.push(Row {
                minute: n / 2,
                second: n % 2 * 30,
                campaign,
                metrics: (n != 9).then_some(metrics),
            });
        }
    }
    rows
}

/// How a variant writes one row: time, campaign, agents, dialed, answered, answer rate, dial rate.
type Write<'a> = &'a dyn Fn(&Row) -> String;

/// The clean file with the time of each row written by `time`.
fn csv_with(header: &str, write: Write) -> String {
    let mut text = format!("{header}\n");
    for row in clean_rows() {
        writeln!(text, "{}", write(&row)).unwrap();
    }
    text
}

fn iso(row: &Row) -> String {
    format!("2026-03-02T09:{:02}:{:02}Z", row.minute, row.second)
}

/// The metrics of a row between `sep`, each written by `number` and the rate by `share`.
fn fields(
    row: &Row,
    sep: char,
    number: &dyn Fn(u32) -> String,
    share: &dyn Fn(f64) -> String,
    nothing: &str,
) -> String {
    let cells = match row.metrics {
        None => vec![nothing.to_owned(); 5],
        Some((agents, dialed, answered, rate)) => vec![
            number(agents),
            number(dialed),
            number(answered),
            share(f64::from(answered) / f64::from(dialed)),
            number(rate),
        ],
    };
    cells.join(&sep.to_string())
}

const HEADER: &str =
    "timestamp,campaignId,availableAgents,totalCallsDialed,totalCallsAnswered,answerRate,dialRate";

fn plain(n: u32) -> String {
    n.to_string()
}

/// Four decimals, so that a percentage has two.
fn share(rate: f64) -> String {
    format!("{rate:.4}")
}

fn clean() -> String {
    csv_with(HEADER, &|row| {
        format!(
            "{},{},{}",
            iso(row),
            row.campaign,
            fields(row, ',', &plain, &share, "")
        )
    })
}

fn backtest(folder: &Folder, text: impl AsRef<[u8]>, args: &[&str]) -> Finished {
    let file = folder.write("export.txt", text);
    let output = folder.path("decisions.csv");
    let args = [
        &[
            "backtest",
            file.to_str().unwrap(),
            "--output",
            output.to_str().unwrap(),
        ],
        args,
    ];
    folder.dialpace(&args.concat()).finish()
}

/// Checks that `text` gives the decisions of the clean file, and that `told` is told.
fn reads(name: &str, text: impl AsRef<[u8]>, args: &[&str], told: &str) {
    let folder = Folder::new();
    backtest(&folder, clean(), &[]).expect(0);
    let wanted = folder.read("decisions.csv");
    for more in [&[][..], &["--jobs", "3"]] {
        let run = backtest(&folder, text.as_ref(), &[args, more].concat());
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert_eq!(folder.read("decisions.csv"), wanted, "{name}");
        assert!(run.stderr.contains(told), "{name}: {}", run.stderr);
        let lines = run.stderr.lines().filter(|line| line.starts_with("note:"));
        assert!(lines.count() <= 1, "{name}: {}", run.stderr);
        assert!(
            !told.is_empty() || run.stderr.is_empty(),
            "{name}: {}",
            run.stderr
        );
    }
}

/// Checks that `text` is refused with `reason`.
fn refuses(name: &str, text: impl AsRef<[u8]>, args: &[&str], reason: &str) {
    let folder = Folder::new();
    let run = backtest(&folder, text, args);
    assert_eq!(run.code, 2, "{name}: {}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(reason), "{name}: {}", run.stderr);
}

fn with_delimiter(sep: char) -> String {
    let mut text = clean();
    text = text.replace(',', &sep.to_string());
    text
}

fn with_times(time: &dyn Fn(&Row) -> String) -> String {
    csv_with(HEADER, &|row| {
        let rest = fields(row, ',', &plain, &share, "");
        format!("{},{},{rest}", time(row), row.campaign)
    })
}

fn with_numbers(
    sep: char,
    number: &dyn Fn(u32) -> String,
    share: &dyn Fn(f64) -> String,
    nothing: &str,
) -> String {
    let header = HEADER.replace(',', &sep.to_string());
    csv_with(&header, &|row| {
        let rest = fields(row, sep, number, share, nothing);
        format!("{}{sep}{}{sep}{rest}", iso(row), row.campaign)
    })
}

fn grouped(n: u32, group: &str) -> String {
    match n {
        1_000.. => format!("{}{group}{:03}", n / 1_000, n % 1_000),
        n => n.to_string(),
    }
}

/// The clean file as JSON objects; numbers are text where `quotes`.
fn objects(quotes: bool) -> Vec<String> {
    let rows = clean_rows();
    let objects = rows.iter().map(|row| {
        let value = |n: String| if quotes { format!("\"{n}\"") } else { n };
        let metrics = match row.metrics {
            None => "\"availableAgents\":null".to_owned(),
            Some((agents, dialed, answered, rate)) => format!(
                "\"availableAgents\":{},\"totalCallsDialed\":{},\"totalCallsAnswered\":{},\"answerRate\":{},\"dialRate\":{}",
                value(agents.to_string()),
                value(dialed.to_string()),
                value(answered.to_string()),
                value(share(f64::from(answered) / f64::from(dialed))),
                value(rate.to_string())
            ),
        };
        format!("{{\"timestamp\":\"{}\",\"campaignId\":\"{}\",{metrics}}}", iso(row), row.campaign)
    });
    objects.collect()
}

fn utf16(text: &str, is_big_endian: bool) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    let bytes = units.map(|unit| {
        if is_big_endian {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    });
    bytes.flatten().collect()
}

#[test]
fn delimiters_and_encodings() {
    let german = |sep| with_numbers(sep, &plain, &|rate| share(rate).replace('.', ","), "");
    reads("clean", clean(), &[], "");
    reads("semicolons", with_delimiter(';'), &[], "separated by ';'");
    reads("tabs", with_delimiter('\t'), &[], "separated by '\\t'");
    reads("pipes", with_delimiter('|'), &[], "separated by '|'");
    reads(
        "tabs, said",
        with_delimiter('\t'),
        &["--delimiter", "tab"],
        "",
    );
    reads("Excel, German", german(';'), &[], "decimal commas");
    reads("Excel, German, tabs", german('\t'), &[], "decimal commas");
    reads(
        "Excel's sep line",
        format!("sep=;\r\n{}", german(';')),
        &[],
        "separated by ';'",
    );
    reads(
        "Excel's sep line, comma",
        format!("sep=,\n{}", clean()),
        &[],
        "",
    );
    reads("mark", format!("\u{FEFF}{}", clean()), &[], "");
    reads(
        "mark and semicolons",
        format!("\u{FEFF}{}", german(';')),
        &[],
        "separated",
    );
    reads(
        "UTF-16 of Windows",
        utf16(&clean().replace('\n', "\r\n"), false),
        &[],
        "UTF-16",
    );
    reads(
        "UTF-16, tabs",
        utf16(&with_delimiter('\t'), true),
        &[],
        "UTF-16",
    );
    let quoted = clean().replace(',', "\",\"").replace('\n', "\"\n\"");
    reads(
        "all quoted",
        format!("\"{}", quoted.trim_end_matches('"')),
        &[],
        "",
    );
    let quoted = german(',').replace(',', "\",\"");
    let _ = quoted;
    let decimal_quoted = with_numbers(
        ',',
        &plain,
        &|rate| format!("\"{}\"", share(rate).replace('.', ",")),
        "",
    );
    reads(
        "quoted decimal commas",
        decimal_quoted,
        &[],
        "decimal commas",
    );
    refuses(
        "wrong delimiter",
        clean(),
        &["--delimiter", ";"],
        "--delimiter",
    );
    refuses(
        "decimal commas, no quotes",
        german(','),
        &[],
        "fields, as in the header",
    );
    refuses(
        "UTF-16 without a mark",
        &utf16(&clean(), false)[2..],
        &[],
        "UTF-16 without a mark",
    );
    let mut latin = clean()
        .replacen("dialRate", "Gr\u{F6}\u{DF}e", 1)
        .into_bytes();
    let place = latin
        .windows(2)
        .position(|pair| pair == [0xC3, 0xB6])
        .unwrap();
    latin.splice(place..place + 4, [0xF6, 0xDF]);
    refuses("Windows-1252", latin, &[], "not UTF-8");
}

#[test]
fn headers() {
    let header = |header: &str| clean().replacen(HEADER, header, 1);
    reads(
        "spelled otherwise",
        header(
            "Time Stamp,Campaign ID,AVAILABLE_AGENTS,total-calls-dialed,Total Calls Answered,Answer Rate,dial rate",
        ),
        &[],
        "",
    );
    reads(
        "CXone's names",
        header("startDate,campaignId,agentsAvailable,dials,connects,answerRate,dialRate"),
        &[],
        "",
    );
    reads(
        "a name and its CXone name",
        header(
            "intervalStartDate,campaignId,agentsAvailable,Dials,Connects,currentAnswerRate,newDialRate",
        ),
        &[],
        "",
    );
    reads(
        "title lines",
        format!("Campaign performance,,\nFrom 2 March 2026,,\n\n{}", clean()),
        &[],
        "the header is line 4",
    );
    reads(
        "title lines, skipped",
        format!("a,b\n\n{}", clean()),
        &["--skip-lines", "2"],
        "",
    );
    let mapped = header("When,campaignId,Ready,Dialed,Answered,Rate,dialRate");
    let columns = [
        "--column",
        "timestamp=When",
        "--column",
        "availableAgents=ready",
        "--column",
        "totalCallsDialed=Dialed",
        "--column",
        "totalCallsAnswered=Answered",
        "--column",
        "answerRate=Rate",
    ];
    reads("mapped", mapped.clone(), &columns, "");
    refuses(
        "unknown names",
        mapped,
        &[],
        "map them with --column NAME=HEADER",
    );
    refuses(
        "title and unknown names",
        format!(
            "Report\n{}",
            header("When,campaignId,Ready,totalCallsDialed,totalCallsAnswered,answerRate,dialRate")
        ),
        &[],
        "--skip-lines 1",
    );
    refuses(
        "two spellings",
        header(
            "timestamp,campaignId,availableAgents,available_agents,totalCallsAnswered,answerRate,dialRate",
        ),
        &[],
        "--column availableAgents=HEADER",
    );
    refuses(
        "two names of CXone",
        header(
            "startDate,campaignId,availableAgents,intervalStartDate,totalCallsAnswered,answerRate,dialRate",
        ),
        &[],
        "--column timestamp=HEADER",
    );
    let plus = clean().replacen("availableAgents", "Ready+Idle", 1);
    reads(
        "a plus in a name",
        plus.clone(),
        &["--column", "availableAgents=Ready\\+Idle"],
        "",
    );
    refuses(
        "a plus that joins",
        plus,
        &["--column", "availableAgents=Ready+Idle"],
        "\\+",
    );
    let near = clean().replacen("campaignId", "campaign", 1);
    refuses(
        "a campaign column of another name",
        near.clone(),
        &[],
        "--column \"campaignId=campaign\"",
    );
    reads("and named", near, &["--column", "campaignId=campaign"], "");
    let near = clean().replacen("dialRate", "dial_rates", 1);
    let folder = Folder::new();
    let run = backtest(&folder, near, &[]).expect(0);
    assert!(
        run.stderr.contains("column \"dial_rates\" is not read"),
        "{}",
        run.stderr
    );
    // A column that is not used may be there twice.
    let twice = clean().replacen(HEADER, &format!("{HEADER},note,note"), 1);
    let twice: String = twice
        .lines()
        .enumerate()
        .map(|(n, line)| {
            if n == 0 {
                format!("{line}\n")
            } else {
                format!("{line},x,y\n")
            }
        })
        .collect();
    reads("two notes", twice, &[], "");
}

#[test]
fn numbers() {
    let us = |n| match n {
        1_000.. => format!("\"{}\"", grouped(n, ",")),
        n => n.to_string(),
    };
    reads(
        "thousands of the US",
        with_numbers(',', &us, &share, ""),
        &[],
        "",
    );
    let comma = |rate: f64| share(rate).replace('.', ",");
    reads(
        "thousands of Germany",
        with_numbers(';', &|n| grouped(n, "."), &comma, ""),
        &[],
        "decimal commas",
    );
    for (name, group) in [
        ("French", "\u{202F}"),
        ("French, older", "\u{A0}"),
        ("blank", " "),
        ("Swiss", "'"),
    ] {
        reads(
            name,
            with_numbers(';', &|n| grouped(n, group), &comma, ""),
            &[],
            "decimal commas",
        );
    }
    reads(
        "a decimal each",
        with_numbers(',', &|n| format!("{n}.0"), &share, ""),
        &[],
        "",
    );
    reads(
        "exponents",
        with_numbers(',', &plain, &|rate| format!("{:.2}e-2", rate * 100.0), ""),
        &[],
        "",
    );
    let percent = |rate: f64| format!("{:.2}%", rate * 100.0);
    reads(
        "per cent",
        with_numbers(',', &plain, &percent, ""),
        &[],
        "31% is 0.31",
    );
    let german = |rate: f64| format!("{:.2} %", rate * 100.0).replace('.', ",");
    reads(
        "per cent, German",
        with_numbers(';', &plain, &german, ""),
        &[],
        "31% is 0.31",
    );
    for word in [
        "NULL", "null", "N/A", "NA", "NaN", "\\N", "-", "None", "#N/A", "(null)", "#DIV/0!",
    ] {
        reads(word, with_numbers(',', &plain, &share, word), &[], "");
    }
    let no_rate = clean().replace(",answerRate", "");
    let no_rate: String = no_rate
        .lines()
        .enumerate()
        .map(|(n, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if n > 0 {
                cells.remove(5);
            }
            cells.join(",") + "\n"
        })
        .collect();
    let ambiguous = |n: u32| {
        if n >= 1_000 {
            format!("\"{}\"", grouped(n, ","))
        } else {
            n.to_string()
        }
    };
    let _ = ambiguous;
    let thousand = no_rate.replace(",1200,", ",1.200,");
    refuses("a thousand or one", thousand.clone(), &[], "--decimal");
    let folder = Folder::new();
    backtest(&folder, thousand, &["--decimal", ","]).expect(0);
    let read = folder.read("decisions.csv");
    backtest(&folder, &no_rate, &[]).expect(0);
    assert_eq!(folder.read("decisions.csv"), read);
    refuses(
        "both decimal signs",
        clean().replacen("0.25", "\"0,25\"", 1),
        &[],
        "--decimal",
    );
    refuses(
        "percentages without a sign",
        with_numbers(',', &plain, &|rate| format!("{:.2}", rate * 100.0), ""),
        &[],
        "give --answer-rates percent",
    );
    let header = clean().replacen("answerRate", "Answer Rate %", 1);
    refuses(
        "shares under per cent",
        header,
        &["--column", "answerRate=Answer Rate %"],
        "its header says per cent",
    );
    refuses(
        "half an agent",
        clean().replacen(",20,", ",20.5,", 1),
        &[],
        "expected a whole number",
    );
}

#[test]
fn rows_that_are_none_and_fields_that_are_too_many() {
    reads(
        "trailing commas",
        clean()
            .replace('\n', ",\n")
            .replacen("dialRate,", "dialRate", 1),
        &[],
        "the empty field at the end",
    );
    reads(
        "trailing commas, header too",
        clean().replace('\n', ",\n"),
        &[],
        "the empty field",
    );
    for footer in [
        "Total,,55,20000,6000,,\n",
        ",,55,20000,6000,,\n",
        "Grand Total,,,,,,\n",
        ",,,,,,\n",
        "Gesamt,,,1,1,,\n",
    ] {
        reads(
            footer,
            clean() + footer,
            &[],
            "at line 50, has no time and is left out",
        );
    }
    reads("blank lines", clean().replace('\n', "\r\n\r\n"), &[], "");
    let inner = clean().replacen(
        "2026-03-02T09:05:00Z,spring",
        "Total,,55,20000,6000,,\n2026-03-02T09:05:00Z,spring",
        1,
    );
    refuses(
        "totals among the rows",
        inner,
        &[],
        "column timestamp is \"Total\"",
    );
    // A decimal comma without quotes must not pass as an empty field at the end.
    let comma = "timestamp,availableAgents,answerRate,dialRate\n2026-03-02T09:00:00Z,40,0,31,\n2026-03-02T09:00:30Z,41,0,29,\n";
    refuses(
        "a decimal comma and an empty last field",
        comma,
        &[],
        "decimal commas",
    );
    let missing = clean().replacen(",1200,", ",,", 1);
    reads("the rate is enough", missing, &[], "");
}

#[test]
fn times() {
    let local = |format: &'static str| {
        with_times(&move |row: &Row| {
            format
                .replace("HH", "09")
                .replace("MM", &format!("{:02}", row.minute))
                .replace("SS", &format!("{:02}", row.second))
        })
    };
    for format in [
        "2026-03-02 HH:MM:SSZ",
        "2026-03-02 HH:MM:SS UTC",
        "2026-03-02 HH:MM:SS.000000 UTC",
        "2026-03-02 HH:MM:SS+00",
        "2026-03-02 HH:MM:SS.000 +0000",
        "2026-03-02T10:MM:SS+01:00",
        "2026-03-02T10:MM:SS+01:00[Europe/Berlin]",
        "2026-03-02T04:MM:SS.000-0500",
        "20260302THHMMSSZ",
        "2026/3/2 9:MM:SS AM UTC",
    ] {
        reads(format, local(format), &[], "");
    }
    let berlin = ["--time-zone", "Europe/Berlin"];
    for format in [
        "2026-03-02T10:MM:SS",
        "2026-03-02 10:MM:SS",
        "2026-03-02 10:MM:SS.000",
        "2026-03-02T10:MM:SS,000",
        "2026/03/02 10:MM:SS",
        "2026-03-02 10:MM:SS AM",
        "20260302 10MMSS",
        "2026030210MMSS",
    ] {
        let text = local(format).replace("SS,000", "SS.000");
        let text = if format.contains(",000") {
            local("2026-03-02T10:MM:SS.000")
        } else {
            text
        };
        reads(
            format,
            &text,
            &berlin,
            "times without an offset are in Europe/Berlin",
        );
        refuses(format, &text, &[], "--time-zone");
    }
    let input = [
        "--time-zone",
        "America/New_York",
        "--input-time-zone",
        "Europe/Berlin",
    ];
    reads(
        "the zone of the input",
        local("2026-03-02T10:MM:SS"),
        &input,
        "in Europe/Berlin",
    );
    for format in [
        "02.03.2026 10:MM:SS",
        "02/03/2026 10:MM:SS",
        "3/2/2026 10:MM:SS AM",
        "Mar 2 2026 10:MM:SS AM",
        "2-Mar-26 10:MM:SS",
    ] {
        refuses(format, local(format), &berlin, "--time-format");
    }
    let german = [
        "--time-format",
        "%d.%m.%Y %H:%M:%S",
        "--time-zone",
        "Europe/Berlin",
    ];
    reads(
        "a German date",
        local("02.03.2026 10:MM:SS"),
        &german,
        "Europe/Berlin",
    );
    refuses(
        "a German date without a zone",
        local("02.03.2026 10:MM:SS"),
        &german[..2],
        "--time-zone",
    );
    refuses(
        "another form",
        local("2026-03-02 10:MM:SS"),
        &german,
        "--time-format",
    );
    let american = [
        "--time-format",
        "%m/%d/%Y %I:%M:%S %p",
        "--time-zone",
        "Europe/Berlin",
    ];
    reads(
        "an American date",
        local("03/02/2026 10:MM:SS AM"),
        &american,
        "Europe/Berlin",
    );
    let offset = ["--time-format", "%d/%b/%Y:%H:%M:%S %z"];
    reads(
        "a date of a log",
        local("02/Mar/2026:10:MM:SS +0100"),
        &offset,
        "",
    );
    let second = |row: &Row| 1_772_442_000 + u64::from(row.minute * 60 + row.second);
    for (name, factor, tail) in [
        ("seconds", 1, ""),
        ("seconds and tenths", 1, ".0"),
        ("milliseconds", 1_000, ""),
        ("microseconds", 1_000_000, ""),
        ("nanoseconds", 1_000_000_000, ""),
    ] {
        reads(
            name,
            with_times(&|row| format!("{}{tail}", second(row) * factor)),
            &[],
            "",
        );
    }
    let days = with_times(&|row| format!("46083.{}", 375_000 + row.minute * 694 + row.second * 11));
    refuses(
        "days of a spreadsheet",
        days,
        &[],
        "for the day numbers of a spreadsheet give --time-format excel",
    );
    refuses(
        "exponents of a spreadsheet",
        with_times(&|row| format!("1.7724{:02}E+12", row.minute)),
        &[],
        "expected RFC 3339",
    );
    refuses(
        "long ago",
        local("1926-03-02THH:MM:SSZ"),
        &[],
        "before the year 2000",
    );
    refuses(
        "in the future",
        local("2226-03-02THH:MM:SSZ"),
        &[],
        "more than a day in the future",
    );
    refuses(
        "an hour of 2034",
        with_times(&|_| "2034030209".to_owned()),
        &[],
        "--time-zone",
    );
    refuses(
        "seconds of 2034",
        with_times(&|_| "2026039999".to_owned()),
        &[],
        "future",
    );
    refuses(
        "an unknown zone",
        clean(),
        &["--time-zone", "Mars/Olympus"],
        "time zone",
    );
    let apart = csv_with(
        &HEADER.replacen("timestamp", "Call Date,Call Time", 1),
        &|row| {
            let rest = fields(row, ',', &plain, &share, "");
            format!(
                "2026-03-02,10:{:02}:{:02},{},{rest}",
                row.minute, row.second, row.campaign
            )
        },
    );
    let joined = [
        "--column",
        "timestamp=Call Date+Call Time",
        "--time-zone",
        "Europe/Berlin",
    ];
    reads("date and time apart", &apart, &joined, "Europe/Berlin");
    refuses(
        "date and time apart",
        &apart,
        &[],
        "--column \"timestamp=Call Date+Call Time\"",
    );
}

#[test]
fn the_two_hours_of_a_clock_change() {
    let folder = Folder::new();
    let header = "timestamp,availableAgents,answerRate\n";
    // Clocks in New York went back from 02:00 to 01:00 on 2 November 2025, at 06:00 UTC.
    let (mut local, mut utc) = (header.to_owned(), header.to_owned());
    for n in 0..36_u32 {
        let minute = n * 5;
        let agents = 20 + n % 7;
        let (hour_local, hour_utc) = (
            if minute < 120 {
                minute / 60
            } else {
                minute / 60 - 1
            },
            4 + minute / 60,
        );
        writeln!(
            local,
            "2025-11-02 {hour_local:02}:{:02}:00,{agents},0.3",
            minute % 60
        )
        .unwrap();
        writeln!(
            utc,
            "2025-11-02T{hour_utc:02}:{:02}:00Z,{agents},0.3",
            minute % 60
        )
        .unwrap();
    }
    backtest(&folder, utc, &[]).expect(0);
    let wanted = folder.read("decisions.csv");
    let zone = ["--time-zone", "America/New_York"];
    let run = backtest(&folder, &local, &zone).expect(0);
    assert_eq!(folder.read("decisions.csv"), wanted);
    assert!(
        run.stderr.contains("24 of them, are taken in their order"),
        "{}",
        run.stderr
    );
    let sorted = [&zone[..], &["--sort"]].concat();
    refuses(
        "sorted",
        &local,
        &sorted,
        "--sort cannot tell the two apart",
    );
    let spring = format!("{header}2026-03-08 02:30:00,20,0.3\n");
    refuses(
        "left out by the clock",
        spring,
        &zone,
        "a clock change leaves this time out",
    );
}

#[test]
fn order_and_campaigns() {
    let mut lines: Vec<String> = clean().lines().map(str::to_owned).collect();
    let header = lines.remove(0);
    lines.reverse();
    let newest_first = format!("{header}\n{}\n", lines.join("\n"));
    refuses("newest first", &newest_first, &[], "--sort");
    let folder = Folder::new();
    backtest(&folder, clean(), &[]).expect(0);
    let sorted = |text: String| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let clean_decisions = folder.read("decisions.csv");
    let wanted = sorted(clean_decisions.clone());
    backtest(&folder, &newest_first, &["--sort"]).expect(0);
    assert_eq!(folder.read("decisions.csv"), clean_decisions);
    let by_campaign: Vec<String> = ["spring", "winter"]
        .iter()
        .flat_map(|id| {
            clean()
                .lines()
                .filter(|line| line.contains(id))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    backtest(
        &folder,
        format!("{header}\n{}\n", by_campaign.join("\n")),
        &[],
    )
    .expect(0);
    assert_eq!(sorted(folder.read("decisions.csv")), wanted);
    let without: String = clean()
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.remove(1);
            cells.join(",") + "\n"
        })
        .collect();
    refuses("repeated times", &without, &[], "no column is campaignId");
    refuses(
        "repeated times, and bad rows left out",
        &without,
        &["--on-bad-row", "skip"],
        "no column is campaignId",
    );
}

#[test]
fn totals_since_midnight() {
    let folder = Folder::new();
    let header = "timestamp,availableAgents,loggedInAgents,totalCallsDialed,totalCallsAnswered,totalCallsAbandoned\n";
    let (mut each, mut running) = (header.to_owned(), header.to_owned());
    let mut sums = [0; 3];
    for n in 0..240_u32 {
        let at = 1_772_490_600 + n * 30;
        if at % 86_400 == 0 {
            sums = [0; 3];
        }
        let counts = [15 + n % 4, 4 + n % 3, n % 2];
        sums = [0, 1, 2].map(|place| sums[place] + counts[place]);
        let agents = 8 + n % 11;
        let row = |c: [u32; 3]| format!("{at},{agents},40,{},{},{}\n", c[0], c[1], c[2]);
        each += &row(counts);
        running += &row(sums);
    }
    let first = each.lines().nth(1).unwrap().to_owned();
    let quiet: Vec<&str> = first.split(',').collect();
    let without_first = each.replacen(&first, &format!("{},{},40,0,0,", quiet[0], quiet[1]), 1);
    let run = |text: &str, args: &[&str]| {
        let run = backtest(&folder, text, &[&["--policy", "predictive"], args].concat());
        (run.expect(0).stderr, folder.read("decisions.csv"))
    };
    let (warning, wrong) = run(&running, &[]);
    assert!(warning.contains("--totals cumulative"), "{warning}");
    let (none, decided) = run(&running, &["--totals", "cumulative"]);
    assert_eq!(none, "");
    assert_ne!(decided, wrong);
    assert_eq!(
        run(&each, &[]),
        (String::new(), run(&each, &["--totals", "interval"]).1)
    );
    // From the second row on the differences are the counts of the intervals.
    let (_, wanted) = run(&without_first, &[]);
    assert_eq!(decided, wanted);
}

#[test]
fn json() {
    let lines = |quotes| objects(quotes).join("\n") + "\n";
    reads("NDJSON", lines(false), &[], "");
    reads("numbers as text", lines(true), &[], "");
    reads(
        "an array",
        format!("[{}]", objects(false).join(",")),
        &[],
        "JSON array",
    );
    let pretty = objects(true)
        .join(",\n  ")
        .replace(",\"", ",\n    \"")
        .replace('{', "{\n    ");
    reads(
        "a pretty array",
        format!("\u{FEFF}[\n  {pretty}\n]\n"),
        &[],
        "JSON array",
    );
    let renamed = lines(false).replace("availableAgents", "available_agents");
    reads("names spelled otherwise", renamed, &[], "");
    let mapped = lines(false).replace("availableAgents", "ready");
    reads(
        "a name that is given",
        &mapped,
        &["--column", "availableAgents=ready"],
        "",
    );
    refuses(
        "an unknown name",
        &mapped,
        &[],
        "its objects have no availableAgents; they have answerRate,",
    );
    refuses(
        "a name that no row has",
        &mapped,
        &["--column", "availableAgents=idle"],
        "no such member",
    );
    let twice = lines(false).replace(
        "\"availableAgents\"",
        "\"available_agents\":1,\"availableAgents\"",
    );
    refuses(
        "one name twice",
        twice,
        &[],
        "could both be availableAgents",
    );
    refuses(
        "cut off",
        format!("[{}", objects(false).join(",")),
        &[],
        "the array does not end",
    );
    refuses(
        "a missing comma",
        format!("[{}]", objects(false).join(" ")),
        &[],
        "between two objects",
    );
}

#[test]
fn files_of_another_kind() {
    for (name, bytes, reason) in [
        (
            "xlsx",
            &b"PK\x03\x04\x14\0\x06\0[Content_Types].xml"[..],
            "an Excel workbook: save it as CSV",
        ),
        ("zip", b"PK\x03\x04\x14\0\0\0history.csv", "a zip archive"),
        ("gz", b"\x1F\x8B\x08\0", "it is compressed"),
        ("zst", b"\x28\xB5\x2F\xFD\0", "compressed with zstd"),
        ("parquet", b"PAR1\x15\x04", "a Parquet file"),
        ("xls", b"\xD0\xCF\x11\xE0\xA1\xB1", "an old Excel workbook"),
        ("html", b"\xEF\xBB\xBF<html><table>", "an HTML table"),
        ("UTF-32", b"\xFF\xFE\0\0t\0\0\0", "UTF-32"),
        ("sqlite", b"SQLite format 3\0", "an SQLite database"),
    ] {
        refuses(name, bytes, &[], reason);
    }
}

#[test]
fn agents_of_cxone_reports() {
    let folder = Folder::new();
    let run = |header: &str, row: &str| {
        let mut text = format!("timestamp,availableAgents,dials,connects,abandons,{header}\n");
        for n in 0..40 {
            writeln!(
                text,
                "{},{},15,{},1,{row}",
                1_772_442_000 + n * 30,
                5 + n % 4,
                4 + n % 3
            )
            .unwrap();
        }
        let run = backtest(&folder, text, &["--policy", "predictive"]).expect(0);
        (run.stderr, folder.read("decisions.csv"))
    };
    let (_, wanted) = run("loggedInAgents", "40");
    assert_eq!(
        run("agentsLoggedIn,agentsUnavailable", "47,7"),
        (String::new(), wanted.clone())
    );
    let (warning, alone) = run("agentsLoggedIn", "47");
    assert!(warning.contains("counts agents on a break"), "{warning}");
    assert_eq!(alone, run("other", "47").1);
    assert_ne!(alone, wanted);
}

#[test]
fn what_is_a_poll_and_what_is_not() {
    let rows = |header: &str, lines: &[&str]| format!("{header}\n{}\n", lines.join("\n"));
    let times = "timestamp,totalCallsDialed,totalCallsAnswered,availableAgents";
    let day = rows(
        times,
        &["2026-03-05,915,277,57", "2026-03-05 08:00,300,90,20"],
    );
    refuses(
        "a total of the day",
        &day,
        &["--time-zone", "UTC"],
        ":2: column timestamp is \"2026-03-05\"; it has no time of day, and other rows have one",
    );
    let days = rows(times, &["2026-03-05,915,277,57", "2026-03-06,300,90,20"]);
    let folder = Folder::new();
    let zone = ["--time-zone", "UTC", "--interval", "24h"];
    backtest(&folder, &days, &zone).expect(0);
    let range = "Date,Interval,dials,connects,agentsAvailable";
    let range = rows(
        range,
        &[
            "2026-03-05,08:00-08:30,300,90,20",
            "2026-03-05,08:30-09:00,310,95,18",
        ],
    );
    let joined = ["--column", "timestamp=Date+Interval", "--time-zone", "UTC"];
    let refused = "it could be a range of times or a time with an offset";
    refuses("a range of times", &range, &joined, refused);
    let spaced = range.replace(":00-", ":00 - ").replace(":30-", ":30 - ");
    refuses("a range with blanks", &spaced, &joined, refused);
    let format = ["--time-format", "%Y-%m-%d %H:%M-%H:%M", "--interval", "30m"];
    backtest(&folder, &range, &[&joined[..], &format].concat()).expect(0);
    let decisions = folder.read("decisions.csv");
    assert!(
        decisions.contains("\n2026-03-05T08:30:00.000Z,")
            && decisions.contains("\n2026-03-05T09:00"),
        "{decisions}"
    );
    let campaigns = rows(
        "timestamp,campaignId,answerRate,availableAgents",
        &[
            "2026-03-05T08:00:00Z,a,0.3,20",
            "2026-03-05T08:00:00Z,Grand Total,0.3,60",
            "2026-03-05T08:00:00Z,Total Care,0.3,40",
        ],
    );
    refuses(
        "a total of the campaigns",
        &campaigns,
        &[],
        ":3: column campaignId is \"Grand Total\"",
    );
    refuses(
        "a total first",
        campaigns
            .replace(",a,", ",Total,")
            .replace("Grand Total", "b"),
        &[],
        "line 3 is of campaign b, and rows before it are of \"Total\"",
    );
    let left = backtest(
        &folder,
        &campaigns,
        &["--on-bad-row", "skip", "--format", "json"],
    );
    assert_eq!(left.expect(0).json()["campaigns"], 2);
    let rate = "timestamp,answerRate,availableAgents,dialRate";
    let first = "2026-03-05T08:00:00Z,0.3,20,17";
    let other = rows(
        rate,
        &[
            first,
            "timestamp,answerRate,dialRate,availableAgents",
            "2026-03-05T08:00:30Z,0.3,17,20",
        ],
    );
    let wider = rows(
        rate,
        &[
            first,
            "timestamp,campaignId,answerRate,availableAgents,dialRate",
        ],
    );
    for text in [&other, &wider] {
        let reason = "line 3 is a header with other columns";
        refuses("another header", text, &["--on-bad-row", "skip"], reason);
    }
}

#[test]
fn objects_without_a_campaign() {
    let with = r#"{"timestamp":"2026-03-05T08:00:00Z","campaignId":"a","answerRate":0.3,"availableAgents":40}"#;
    let without = with
        .replace("\"campaignId\":\"a\",", "")
        .replace("00:00Z", "00:30Z");
    refuses(
        "a row without",
        format!("{with}\n{without}\n"),
        &[],
        ":2: column campaignId is empty; other rows have one",
    );
    refuses(
        "rows without before",
        format!("{without}\n{with}\n"),
        &[],
        "line 2 has a campaignId, a, and rows before it have none",
    );
}

#[test]
fn doubtful_columns_are_told() {
    let folder = Folder::new();
    let warns = |text: &str, args: &[&str], warning: &str| {
        let run = backtest(&folder, text, args).expect(0);
        assert!(run.stderr.contains(warning), "{warning}: {}", run.stderr);
    };
    let mut skills = String::from("timestamp,Team,dials,connects,agentsAvailable\n");
    let mut contradicting =
        String::from("timestamp,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents\n");
    let mut hourly =
        String::from("timestamp,totalCallsDialed,totalCallsAnswered,availableAgents\n");
    for n in 0..240_u32 {
        let at = 1_772_697_600 + n * 60;
        writeln!(skills, "{at},renewals,30,9,40\n{},winback,30,9,4", at + 2).unwrap();
        writeln!(contradicting, "{at},250,1,0.4,20").unwrap();
        writeln!(hourly, "{at},{},{},20", n % 60 * 30, n % 60 * 9).unwrap();
    }
    let waiting = skills.replacen("Team", "Queue", 1);
    for (text, name) in [(&skills, "Team"), (&waiting, "Queue")] {
        let reason = format!(
            "column {name:?} has several values and is not read: if it tells campaigns apart, give --column \"campaignId={name}\"; if all rows are of one campaign, --column campaignId="
        );
        refuses(name, text, &[], &reason);
    }
    // Counts and names of something else are no campaigns.
    let waiting = waiting.replace("renewals", "3").replace("winback", "0");
    for name in ["Queue", "queueSize", "row id", "level"] {
        let run = backtest(&folder, waiting.replacen("Queue", name, 1), &[]).expect(0);
        assert!(!run.stderr.contains("several"), "{name}: {}", run.stderr);
    }
    warns(
        &waiting.replacen("Queue", "Campaign group", 1),
        &[],
        "column \"Campaign group\" has several values and is not read, so that all rows are one campaign",
    );
    let run = backtest(&folder, &skills, &["--column", "campaignId=Team"]).expect(0);
    assert!(!run.stderr.contains("several values"), "{}", run.stderr);
    warns(
        &contradicting,
        &[],
        "in 240 of 240 rows, and is taken as it is",
    );
    let run = backtest(&folder, &contradicting, &["--answer-rates", "percent"]).expect(0);
    assert!(!run.stderr.contains("taken as it is"), "{}", run.stderr);
    warns(&hourly, &[], "give --totals cumulative");
    // What rises and falls by chance is that of intervals, and a number of the row tells no campaigns apart.
    let numbered = clean().replacen("timestamp", "row id", 1);
    let mut lines = numbered.lines();
    let header = lines
        .next()
        .unwrap()
        .replacen("row id", "row id,timestamp", 1);
    let lines = lines.enumerate().map(|(n, line)| format!("{n},{line}"));
    let text = [header]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n");
    let run = backtest(&folder, &text, &[]).expect(0);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

#[test]
fn answer_rates_in_per_cent_without_a_sign() {
    let number = |text: &str| text.parse::<f64>().unwrap() * 100.0;
    let mut percent = String::new();
    for (place, line) in clean().lines().enumerate() {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let rate = clean()
            .lines()
            .next()
            .unwrap()
            .split(',')
            .position(|it| it == "answerRate");
        let cell = &mut cells[rate.unwrap()];
        if place > 0 && !cell.is_empty() {
            *cell = format!("{:.6}", number(cell));
        }
        percent.push_str(&(cells.join(",") + "\n"));
    }
    let option = "give --answer-rates percent";
    refuses("per cent without a sign", &percent, &[], option);
    reads(
        "per cent, told",
        &percent,
        &["--answer-rates", "percent"],
        "",
    );
    let header = percent.replacen("answerRate", "Answer Rate %", 1);
    let column = ["--column", "answerRate=Answer Rate %"];
    refuses("a header that says so", &header, &column, option);
    reads(
        "a header, told",
        &header,
        &[&column[..], &["--answer-rates", "percent"]].concat(),
        "",
    );
}

/// The clean file with times without an offset, each written by `time`, in UTC or what `args` say.
fn reads_times(name: &str, time: &dyn Fn(&Row) -> String, args: &[&str]) {
    let zone: &[&str] = if args.contains(&"--time-zone") {
        &[]
    } else {
        &["--time-zone", "UTC"]
    };
    let folder = Folder::new();
    backtest(&folder, clean(), &[]).expect(0);
    let wanted = folder.read("decisions.csv");
    let run = backtest(&folder, with_times(time), &[args, zone].concat());
    assert_eq!(run.code, 0, "{name}: {}", run.stderr);
    assert_eq!(folder.read("decisions.csv"), wanted, "{name}");
}

#[test]
fn times_that_mean_one_thing() {
    let at = |row: &Row, form: &str| {
        let (minute, second) = (format!("{:02}", row.minute), format!("{:02}", row.second));
        form.replace("MM", &minute).replace("SS", &second)
    };
    let forms: &[(&str, &str)] = &[
        ("half of the day", "2026-03-02 9:MM:SS a.m."),
        ("half of the day, apart", "2026-03-02 9:MM:SS a. m."),
        ("24-hour clock with AM", "2026-03-02 09:MM:SS AM"),
        (
            "a minus of typographers",
            "2026-03-02T04:MM:SS\u{2212}05:00",
        ),
        ("offset in words", "2026-03-02 10:MM:SS UTC+1"),
        ("name of a zone", "2026-03-02 10:MM:SS Europe/Berlin"),
        ("text of a spreadsheet", "=\"2026-03-02 09:MM:SS\""),
        ("sign for text", "'2026-03-02 09:MM:SS"),
    ];
    for (name, form) in forms {
        reads_times(name, &|row| at(row, form), &[]);
    }
    let formatted: &[(&str, &str, &str)] = &[
        (
            "German month",
            "2. März 2026 09:MM:SS",
            "%d. %B %Y %H:%M:%S",
        ),
        (
            "German month, short",
            "02. Mrz. 2026 09:MM:SS",
            "%d. %b. %Y %H:%M:%S",
        ),
        ("French month", "2 mars 2026 09:MM:SS", "%d %B %Y %H:%M:%S"),
        (
            "abbreviation in the middle",
            "Mon Mar 02 09:MM:SS UTC 2026",
            "%a %b %d %H:%M:%S %Z %Y",
        ),
    ];
    for (name, form, format) in formatted {
        reads_times(name, &|row| at(row, form), &["--time-format", format]);
    }
    for (name, form) in [
        ("CET", "2026-03-02 10:MM:SS CET"),
        ("MEZ", "2026-03-02 10:MM:SS MEZ"),
    ] {
        let berlin = ["--time-zone", "Europe/Berlin"];
        reads_times(name, &|row| at(row, form), &berlin);
        let format = ["--time-format", "%Y-%m-%d %H:%M:%S %Z"];
        reads_times(name, &|row| at(row, form), &[&berlin[..], &format].concat());
        let text = with_times(&|row| at(row, form));
        refuses(
            name,
            &text,
            &[],
            "give the zone of such times with --time-zone",
        );
        refuses(name, &text, &["--time-zone", "America/New_York"], "is not");
    }
    let dotnet = |row: &Row| {
        format!(
            "/Date({}+0100)/",
            u64::from(1_772_442_000 + row.minute * 60 + row.second) * 1_000
        )
    };
    reads_times(".NET", &dotnet, &[]);
    let days = |row: &Row| {
        let seconds = 32_400 + row.minute * 60 + row.second;
        format!("{:.6}", 46_083.0 + f64::from(seconds) / 86_400.0)
    };
    reads_times("day numbers", &days, &["--time-format", "excel"]);
    reads_times(
        "half of the day in a form",
        &|row| at(row, "02/03/2026 9:MM:SS a.m."),
        &["--time-format", "%d/%m/%Y %I:%M:%S %p"],
    );
    reads_times(
        "a month with a point",
        &|row| at(row, "2 mar. 2026 9:MM:SS"),
        &["--time-format", "%d %b %Y %H:%M:%S"],
    );
    let end =
        "timestamp,availableAgents,answerRate\n02.03.2026 23:30,40,0.3\n02.03.2026 24:00,41,0.3\n";
    let folder = Folder::new();
    backtest(
        &folder,
        end,
        &["--time-zone", "UTC", "--time-format", "%d.%m.%Y %H:%M"],
    )
    .expect(0);
    assert!(
        folder
            .read("decisions.csv")
            .contains("2026-03-03T00:00:00.000Z")
    );
    // The end of a day, and a minute's sixtieth second.
    let ends = "timestamp,availableAgents,answerRate\n2026-03-02 23:59:30Z,40,0.3\n2026-03-02 24:00Z,41,0.3\n2026-03-03T00:00:60Z,42,0.3\n";
    let folder = Folder::new();
    backtest(&folder, ends, &[]).expect(0);
    let decisions = folder.read("decisions.csv");
    assert!(
        decisions.contains("2026-03-03T00:00:00.000Z"),
        "{decisions}"
    );
    assert!(
        decisions.contains("2026-03-03T00:01:00.000Z"),
        "{decisions}"
    );
}

#[test]
fn forms_of_times_are_proposed() {
    let folder = Folder::new();
    let day = |day: u32| {
        with_times(&|row| format!("{day:02}/03/2026 09:{:02}:{:02}", row.minute, row.second))
    };
    refuses(
        "day or month",
        day(2),
        &[],
        "--time-format '%d/%m/%Y %H:%M:%S' or --time-format '%m/%d/%Y %H:%M:%S'",
    );
    refuses(
        "a day",
        day(22),
        &[],
        "give --time-format '%d/%m/%Y %H:%M:%S'",
    );
    for (begin, form) in [
        ("2026-W10-1T", "give --time-format '%G-W%V-%uT%H:%M:%S%Z'"),
        ("2026-061T", "give --time-format '%Y-%jT%H:%M:%S%Z'"),
    ] {
        let text = with_times(&|row| format!("{begin}09:{:02}:{:02}Z", row.minute, row.second));
        refuses(begin, &text, &[], form);
        let format = form.split('\'').nth(1).unwrap();
        reads(begin, text, &["--time-format", format], "");
    }
    for (time, form) in [
        ("02MAR2026:09:MM:SS", "%d%b%Y:%H:%M:%S"),
        ("Mar 2, 2026 @ 09:MM:SS.000", "%b %d, %Y @ %H:%M:%S%.f"),
        ("2026. 03. 02. 9:MM:SS", "%Y. %m. %d. %H:%M:%S"),
    ] {
        let text = with_times(&|row| {
            let time = time.replace("MM", &format!("{:02}", row.minute));
            format!("\"{}\"", time.replace("SS", &format!("{:02}", row.second)))
        });
        let run = backtest(&folder, &text, &["--time-zone", "UTC"]).expect(2);
        let proposed = run
            .stderr
            .split("--time-format '")
            .nth(1)
            .unwrap_or_default();
        let format = proposed.split('\'').next().unwrap();
        let args = ["--time-zone", "UTC", "--time-format", format];
        reads(form, &text, &args, "times without an offset");
    }
    let rounded = with_times(&|row| format!("1.7724420{:02}E+12", row.minute));
    refuses("an exponent", rounded, &[], "has lost its last digits");
    let us = with_times(&|row| format!("3/22/2026 9:{:02}:{:02} AM", row.minute, row.second));
    refuses("AM", us, &[], "give --time-format '%m/%d/%Y %I:%M:%S %p'");
    refuses(
        "half of the clock",
        day(2),
        &["--time-format", "%d/%m/%Y %I:%M:%S"],
        "no %p says AM or PM",
    );
    refuses(
        "no directive",
        day(2),
        &["--time-format", "dd/mm/yyyy"],
        "excel",
    );
    let mut text = String::from("timestamp,availableAgents,answerRate\n");
    for n in 0..24_u32 {
        let hour = (n / 2 + 8) % 12 + 1;
        writeln!(text, "2026-03-02 {hour:02}:{:02}:00,40,0.3", n % 2 * 30).unwrap();
    }
    let run = backtest(&folder, &text, &["--time-zone", "UTC"]).expect(2);
    assert!(run.stderr.contains("12-hour clock"), "{}", run.stderr);
    assert!(!run.stderr.contains("--sort"), "{}", run.stderr);
}

/// Two days of one campaign every quarter of an hour, with `extra` put behind, or before, each day.
fn two_days(extra: &dyn Fn(u32, u32, u32) -> String, is_before: bool) -> String {
    let mut text = String::from("timestamp,availableAgents,totalCallsDialed,totalCallsAnswered\n");
    for day in 2..4_u32 {
        let (mut rows, mut dialed, mut answered) = (String::new(), 0, 0);
        for n in 0..16_u32 {
            let (calls, answers) = (100 + (n * 37 + day) % 90, 30 + (n * 7) % 20);
            dialed += calls;
            answered += answers;
            writeln!(
                rows,
                "2026-03-{day:02}T{:02}:{:02}:00Z,40,{calls},{answers}",
                8 + n / 4,
                n % 4 * 15
            )
            .unwrap();
        }
        let extra = extra(day, dialed, answered);
        text += &if is_before {
            extra + &rows
        } else {
            rows + &extra
        };
    }
    text
}

#[test]
fn totals_that_have_a_time() {
    let folder = Folder::new();
    backtest(&folder, two_days(&|_, _, _| String::new(), false), &[]).expect(0);
    let wanted = folder.read("decisions.csv");
    let of_day = |at: &'static str, next: u32| {
        move |day: u32, dialed: u32, answered: u32| {
            format!("2026-03-{:02}T{at}Z,40,{dialed},{answered}\n", day + next)
        }
    };
    for (name, text) in [
        ("last second", two_days(&of_day("23:59:59", 0), false)),
        ("midnight after", two_days(&of_day("00:00:00", 1), false)),
    ] {
        refuses(
            name,
            &text,
            &[],
            "it is the sum of the 16 rows with calls before it, as is its totalCallsAnswered",
        );
        backtest(&folder, &text, &["--on-bad-row", "skip"]).expect(0);
        assert_eq!(folder.read("decisions.csv"), wanted, "{name}");
    }
    let before = two_days(&of_day("00:00:00", 0), true);
    refuses(
        "midnight before",
        before,
        &[],
        "line 2 has the calls of the 16 rows with calls after it",
    );
    // After a night without calls the next row may have those of the first.
    let mut night = String::from("timestamp,availableAgents,totalCallsDialed,totalCallsAnswered\n");
    for n in 0..24_u32 {
        let calls = if n < 20 { "0,0" } else { "70,21" };
        writeln!(night, "2026-03-02T08:{n:02}:00Z,40,{calls}").unwrap();
    }
    backtest(&folder, &night, &[]).expect(0);
    // A start that doubles may be the sum of its rows by chance.
    let mut ramp = String::from("timestamp,availableAgents,totalCallsDialed,totalCallsAnswered\n");
    for (n, (dialed, answered)) in [(10, 10), (10, 0), (20, 10), (40, 20), (80, 40), (90, 50)]
        .iter()
        .enumerate()
    {
        writeln!(ramp, "2026-03-02T08:0{n}:00Z,40,{dialed},{answered}").unwrap();
    }
    refuses("a ramp", &ramp, &[], "is the row their total?");
    backtest(&folder, &ramp, &["--totals", "interval"]).expect(0);
    // The first day is cut off; the second one's total is that of its day.
    let text = two_days(&of_day("23:59:59", 0), false);
    let mut cut = String::new();
    for (_, line) in text
        .lines()
        .enumerate()
        .filter(|(n, _)| !(1..5).contains(n))
    {
        cut += line;
        cut.push('\n');
    }
    refuses("a day cut off", cut, &[], ":31: column totalCallsDialed");
}

#[test]
fn totals_of_the_campaigns() {
    let rows = |total: &dyn Fn(&str, u32, u32, u32) -> String| {
        let mut text = String::from(
            "timestamp,campaignId,availableAgents,totalCallsDialed,totalCallsAnswered\n",
        );
        for n in 0..8_u32 {
            let at = format!("2026-03-02T08:{:02}:00Z", n * 5);
            let (a, b) = (100 + n * 7, 60 + n * 5 % 11);
            write!(text, "{at},a,40,{a},{}\n{at},b,20,{b},{}\n", a / 3, b / 4).unwrap();
            text += &total(&at, n, a + b, a / 3 + b / 4);
        }
        text
    };
    let folder = Folder::new();
    backtest(&folder, rows(&|_, _, _, _| String::new()), &[]).expect(0);
    let wanted = folder.read("decisions.csv");
    for name in ["All", "Team 7", "*", "-1", "Insgesamt"] {
        let text = rows(&|at, _, dialed, answered| format!("{at},{name},60,{dialed},{answered}\n"));
        refuses(
            name,
            &text,
            &[],
            "at each time it is the sum of the other campaigns",
        );
        backtest(&folder, &text, &["--on-bad-row", "skip"]).expect(0);
        assert_eq!(folder.read("decisions.csv"), wanted, "{name}");
    }
    // A third campaign is none, though it once has the sum.
    let third = rows(&|at, n, dialed, answered| {
        format!("{at},c,60,{},{answered}\n", dialed + u32::from(n > 0))
    });
    backtest(&folder, third, &[]).expect(0);
}

#[test]
fn rows_at_the_end_without_a_time() {
    for last in [
        "Totaal,,,,,,",
        "Suma,,,,,,",
        "Итого,,,,,,",
        "合計,,,,,,",
        "Max,,,,,,",
        "\"Applied filters:\nCampaign is spring\nStart is 2026-03-02\"",
        "\"Applied filters:\nCampaign is spring\nStart is 2026-03-02\",,,,,,",
        "48 rows selected.",
    ] {
        let told = "has no time and is left out";
        reads(last, clean() + last + "\n", &[], told);
    }
    let clean = clean();
    let header = "2026-03-02T09:12:00Z,spring,40,1000,300,0.3,30\n";
    let untimed = ",spring,41,1000,310,0.31,30\n,winter,20,900,300,0.33,30\n";
    refuses(
        "polls",
        clean.clone() + header + untimed,
        &[],
        "column timestamp is empty; expected a time; where the cells of a table were merged, fill them down",
    );
    reads(
        "totals",
        clean.clone() + "Total,,,1000,300,,\nTotal spring,spring,,1000,300,,\n,,,,,,\n",
        &[],
        "the last 3 rows, from line 50, have no time",
    );
    reads(
        "a bare total",
        clean.clone() + ",,60,9000,3000,,\n",
        &[],
        "the last row, at line 50, has no time",
    );
    refuses(
        "two bare rows",
        clean + ",,60,9000,3000,,\n,,61,9000,3000,,\n",
        &[],
        ":50: column timestamp is empty",
    );
}

#[test]
fn columns_that_may_tell_campaigns_apart() {
    let skills = |campaign: &str, apart: u32| {
        let mut text = format!("timestamp,{campaign},availableAgents,answerRate\n");
        for n in 0..8_u32 {
            let ids = |id: &str| {
                campaign
                    .split(',')
                    .map(|name| match name {
                        "campaignId" => "88".to_owned(),
                        "Region" => format!("region {id}"),
                        "day" => "Mon".to_owned(),
                        _ => id.to_owned(),
                    })
                    .collect::<Vec<_>>()
                    .join(",")
            };
            let at = 1_772_697_600 + n * 300;
            write!(
                text,
                "{at},{},40,0.3\n{},{},20,0.4\n",
                ids("4711"),
                at + apart,
                ids("4712")
            )
            .unwrap();
        }
        text
    };
    for (name, campaign, apart, reason) in [
        (
            "a skill at other times",
            "skill",
            60,
            "column \"skill\" has several values and is not read",
        ),
        (
            "a skill at the same times",
            "skill",
            0,
            "give --column \"campaignId=skill\"; if all rows are of one campaign, --column campaignId=",
        ),
        (
            "skills of a campaign",
            "campaignId,skillId",
            60,
            "give --column \"campaignId=skillId\"; if \"campaignId\" does, --column \"campaignId=campaignId\"",
        ),
        (
            "a region at other times",
            "Region,day",
            60,
            "column \"Region\" has several values and is not read",
        ),
        (
            "a region",
            "Region",
            0,
            "give --column \"campaignId=Region\"",
        ),
        (
            "sites of a campaign",
            "campaignId,site",
            0,
            "if \"site\" tells them apart, give --column \"campaignId=site\"",
        ),
    ] {
        refuses(name, skills(campaign, apart), &[], reason);
    }
    let folder = Folder::new();
    let one = backtest(&folder, skills("skill", 60), &["--column", "campaignId="]).expect(0);
    assert!(
        one.stdout.contains("16 rows of 1 campaign"),
        "{}",
        one.stdout
    );
    let two = backtest(
        &folder,
        skills("campaignId,skillId", 60),
        &["--column", "campaignId=skillId"],
    )
    .expect(0);
    assert!(
        two.stdout.contains("16 rows of 2 campaigns"),
        "{}",
        two.stdout
    );
    // What is told about a campaign tells none apart, and a name may change.
    for more in [
        "queueLength",
        "campaignStatus",
        "skillLevel",
        "campaignName",
    ] {
        let told = backtest(&folder, skills(&format!("campaignId,{more}"), 60), &[]).expect(0);
        assert!(
            !told.stderr.contains("warning: export"),
            "{more}: {}",
            told.stderr
        );
    }
    backtest(
        &folder,
        "timestamp,availableAgents,availableAgents2,answerRate\n1772697600,40,9,0.3\n",
        &[],
    )
    .expect(0);
    let twins = "timestamp,totalCallsDialed,answerRate,availableAgents,availableAgents\n1772697600,40,0.3,9,8\n";
    refuses(
        "twins",
        twins,
        &[],
        "--column availableAgents=#4 or --column availableAgents=#5",
    );
    let wide = "timestamp,availableAgents,answerRate,availableAgents.1,answerRate.1\n1772697600,40,0.3,20,0.4\n";
    refuses(
        "side by side",
        wide,
        &[],
        "do campaigns stand side by side?",
    );
}

#[test]
fn columns_by_their_numbers_and_names_from_outside() {
    reads(
        "no header",
        clean().split_once('\n').unwrap().1,
        &["--header", HEADER],
        "",
    );
    refuses(
        "no header",
        clean().split_once('\n').unwrap().1,
        &[],
        "--header timestamp,",
    );
    refuses(
        "too few names",
        clean(),
        &["--header", "timestamp,availableAgents"],
        "--header names 2 columns, and its first row has 7",
    );
    let unnamed = clean().replacen("timestamp", "", 1);
    refuses("an index", &unnamed, &[], "--column timestamp=#1");
    reads("an index", unnamed, &["--column", "timestamp=#1"], "");
    refuses(
        "no such number",
        clean(),
        &["--column", "timestamp=#8"],
        "its header has no such column",
    );
    let words = clean().replace(",,,,,", ",x,x,x,x,x");
    refuses(
        "a word for nothing",
        &words,
        &[],
        "if it stands for no value, give --no-value \"x\"",
    );
    reads("a word for nothing", words, &["--no-value", "x"], "");
    let sentinel = clean().replace(",,,,,", ",-1,-1,-1,-1,-1");
    reads("minus one", sentinel, &["--no-value", "-1"], "");
    for nothing in ["#WERT!", "#NV", "[NULL]", "<NA>", "—", "k.A.", "(Leer)"] {
        let text = clean().replace(",,,,,", &format!(",{nothing}").repeat(5));
        reads(nothing, text, &[], "");
    }
    reads(
        "another sign",
        with_delimiter('^'),
        &["--delimiter", "^"],
        "",
    );
    refuses(
        "another sign",
        with_delimiter('^'),
        &[],
        "give --delimiter '^'",
    );
    reads("CR", clean().replace('\n', "\r"), &[], "lines end in CR");
    reads(
        "put together",
        clean().replace(
            "2026-03-02T09:06:00Z,spring",
            &format!("{HEADER}\n\u{feff}{HEADER}\n2026-03-02T09:06:00Z,spring"),
        ),
        &[],
        "the header comes 2 more times",
    );
    let lakh = with_numbers(
        ';',
        &|n| {
            if n > 999 {
                format!("0{n}").replacen("01", "1,00,0", 0)
            } else {
                n.to_string()
            }
        },
        &share,
        "",
    );
    reads(
        "small numbers of India",
        lakh.replace(";0", ";"),
        &["--delimiter", ";"],
        "",
    );
    let agents = clean().replace("09:00:00Z,spring,20,", "09:00:00Z,spring,20.4,");
    refuses(
        "a mean of agents",
        agents,
        &[],
        "give --column agentAvailabilityAvg=HEADER",
    );
    let lever = clean().replace(",30\n", ",30.5\n");
    refuses(
        "a mean rate",
        &lever,
        &[],
        "without it, give --column dialRate=",
    );
    backtest(&Folder::new(), lever, &["--column", "dialRate="]).expect(0);
}

#[test]
fn dates_and_zones_in_columns_of_their_own() {
    let apart = |head: &str, cells: &dyn Fn(&str) -> String| {
        let header = HEADER.replacen("timestamp", head, 1);
        csv_with(&header, &|row| {
            let time = format!("09:{:02}:{:02}", row.minute, row.second);
            format!(
                "{},{},{}",
                cells(&time),
                row.campaign,
                fields(row, ',', &plain, &share, "")
            )
        })
    };
    let joined = ["--time-zone", "UTC", "--column", "timestamp=timestamp+time"];
    for (name, date) in [("date", "2026-03-02"), ("midnight", "2026-03-02 00:00:00")] {
        let text = apart("timestamp,time", &|time| format!("{date},{time}"));
        refuses(
            name,
            &text,
            &["--time-zone", "UTC"],
            "give --column \"timestamp=timestamp+time\"",
        );
        reads(name, text, &joined, "times without an offset are in UTC");
    }
    let first_day = apart("timestamp,time", &|time| {
        format!("2026-03-02,1899-12-30 {time}")
    });
    reads(
        "first day",
        first_day,
        &joined,
        "times without an offset are in UTC",
    );
    let clock = apart("Date,timestamp", &|time| format!("2026-03-02,{time}"));
    refuses(
        "clock",
        clock,
        &[],
        "give --column \"timestamp=Date+timestamp\"",
    );
    let mut zones = String::from("timestamp,timeZone,campaignId,availableAgents,answerRate\n");
    for n in 0..4_u32 {
        write!(zones, "2026-03-02 09:{n:02}:00,Europe/Berlin,a,40,0.3\n2026-03-02 03:{n:02}:00,America/New_York,b,40,0.3\n").unwrap();
    }
    refuses(
        "zones",
        &zones,
        &["--time-zone", "Europe/Berlin"],
        "give --column \"timestamp=timestamp+timeZone\"",
    );
    let folder = Folder::new();
    let run = backtest(
        &folder,
        &zones,
        &["--column", "timestamp=timestamp+timeZone"],
    )
    .expect(0);
    assert!(
        run.stdout
            .contains("2026-03-02T08:00:00.000Z to 2026-03-02T08:03:00.000Z"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_repeated_hour_that_is_there_once() {
    let hour = |hours: &[(u32, &str)]| {
        let mut text = String::from("timestamp,campaignId,availableAgents,answerRate\n");
        for (hour, campaigns) in hours {
            for minute in [0, 20, 40] {
                for campaign in campaigns.split(' ') {
                    writeln!(
                        text,
                        "2026-10-25 {hour:02}:{minute:02}:00,{campaign},40,0.3"
                    )
                    .unwrap();
                }
            }
        }
        text
    };
    let berlin = ["--time-zone", "Europe/Berlin"];
    let once = hour(&[(1, "a"), (2, "a"), (3, "a")]);
    refuses(
        "once",
        &once,
        &berlin,
        "line 7 is in an hour that a clock change repeats",
    );
    let folder = Folder::new();
    for (which, at) in [
        ("first", "2026-10-25T00:40:00.000Z"),
        ("second", "2026-10-25T01:40:00.000Z"),
    ] {
        backtest(
            &folder,
            &once,
            &[&berlin[..], &["--repeated-hour", which]].concat(),
        )
        .expect(0);
        assert!(folder.read("decisions.csv").contains(at), "{which}");
    }
    // Campaigns in blocks, an hour apart: each block tells by itself.
    let mut blocks = String::from("timestamp,campaignId,availableAgents,answerRate\n");
    for campaign in ["a", "b"] {
        for (hour, agents) in [(1, 40), (2, 41), (2, 42), (3, 43)] {
            writeln!(blocks, "2026-10-25 {hour:02}:00:00,{campaign},{agents},0.3").unwrap();
        }
    }
    backtest(&folder, &blocks, &berlin).expect(0);
    let decisions = folder.read("decisions.csv");
    for at in ["2026-10-25T00:00:00.000Z,b", "2026-10-25T01:00:00.000Z,b"] {
        assert!(decisions.contains(at), "{decisions}");
    }
    // What is said holds for sorted rows, too.
    let (head, rows) = once.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().rev().collect();
    let newest = format!("{head}\n{}\n", rows.join("\n"));
    let sorted = [&berlin[..], &["--sort"]].concat();
    let reason = "give --repeated-hour first or second";
    refuses("newest first", &newest, &sorted, reason);
    let said = [&sorted[..], &["--repeated-hour", "first"]].concat();
    backtest(&folder, &newest, &said).expect(0);
    refuses(
        "at the end",
        hour(&[(1, "a"), (2, "a")]),
        &berlin,
        "--repeated-hour",
    );
    // Another campaign beside it tells which of the two it is.
    for (name, hours, at) in [
        (
            "second",
            [(1, "a b"), (2, "a"), (2, "a b"), (3, "a b")],
            "2026-10-25T01:20:00.000Z,b",
        ),
        (
            "first",
            [(1, "a b"), (2, "a b"), (2, "a"), (3, "a b")],
            "2026-10-25T00:20:00.000Z,b",
        ),
    ] {
        backtest(&folder, hour(&hours), &berlin).expect(0);
        assert!(
            folder.read("decisions.csv").contains(at),
            "{name}: {}",
            folder.read("decisions.csv")
        );
    }
}

#[test]
fn one_time_with_two_values() {
    let row = |agents: u32| format!("2026-03-02T09:00:00Z,a,{agents},0.3\n");
    let head = "timestamp,campaignId,availableAgents,answerRate\n";
    let twice = format!("{head}{}{}", row(40), row(40));
    refuses(
        "the same",
        &twice,
        &[],
        "is the same; remove one of the two; --on-bad-row skip leaves such rows out",
    );
    let without = twice.replace("campaignId,", "").replace(",a,", ",");
    refuses(
        "the same without an id",
        without,
        &[],
        "is the same; remove one of the two; --on-bad-row skip leaves such rows out",
    );
    let other = format!("{head}{}{}", row(40), row(41));
    for args in [&[][..], &["--on-bad-row", "skip"]] {
        refuses(
            "another",
            &other,
            args,
            "and other values: remove the one that is not right",
        );
    }
    let all_bad = "timestamp,availableAgents,answerRate\nx,40,0.3\ny,41,0.3\n";
    let folder = Folder::new();
    let run = backtest(&folder, all_bad, &[]).expect(2);
    assert!(!run.stderr.contains("--on-bad-row"), "{}", run.stderr);
}

#[test]
fn cumulative_totals_with_a_hole_or_a_correction() {
    let rows = |totals: &[Option<u32>]| {
        let mut text =
            String::from("timestamp,availableAgents,totalCallsDialed,totalCallsAnswered\n");
        for (n, total) in totals.iter().enumerate() {
            let total = total.unwrap_or(0);
            writeln!(
                text,
                "2026-03-02T08:{:02}:00Z,40,{total},{}",
                n * 2,
                total / 4
            )
            .unwrap();
        }
        text
    };
    let folder = Folder::new();
    let decided = |totals: &[Option<u32>]| {
        let args = [
            "--totals",
            "cumulative",
            "--policy",
            "compensated",
            "--sla-threshold",
            "0.25",
            "--output",
            "d.ndjson",
        ];
        backtest(&folder, rows(totals), &args[..6]).expect(0);
        folder.read("decisions.csv")
    };
    let growing: Vec<Option<u32>> = (1..12_u32).map(|n| Some(n * 400)).collect();
    let whole = decided(&growing);
    for hole in [0, 1] {
        let mut totals = growing.clone();
        for slot in &mut totals[6..=6 + hole] {
            *slot = None;
        }
        // The row after the hole has the calls since the row before it: a quarter was answered, as always.
        let last = |text: &str| text.lines().last().unwrap().to_owned();
        assert_eq!(last(&decided(&totals)), last(&whole), "{hole}");
    }
    let few = rows(&growing[..3]);
    let run = backtest(&folder, few, &[]).expect(0);
    assert!(
        run.stderr.contains("give --totals cumulative"),
        "{}",
        run.stderr
    );
}

#[test]
fn days_that_come_a_month_apart() {
    let folder = Folder::new();
    let days = |days: &[&str]| {
        let mut text = String::from("timestamp,availableAgents,answerRate\n");
        for day in days {
            for minute in 0..5 {
                writeln!(text, "{day} 09:{minute:02}:00,40,0.3").unwrap();
            }
        }
        backtest(&folder, &text, &["--time-zone", "UTC"])
            .expect(0)
            .stderr
    };
    for swapped in [
        &["2026-02-03", "2026-03-03"][..],
        &["2026-09-11", "2026-10-11", "2026-11-11", "2026-11-13"],
    ] {
        let told = days(swapped);
        assert!(told.contains("its days are a month apart each"), "{told}");
    }
    let told = days(&["2026-02-03", "2026-02-04", "2026-03-04", "2026-03-05"]);
    assert!(!told.contains("a month apart"), "{told}");
}

#[test]
fn quotes_that_are_none_of_csv_and_lines_that_draw_a_table() {
    let each = |change: &dyn Fn(&str) -> String| -> String {
        clean().lines().map(|line| change(line) + "\n").collect()
    };
    let told = "each line is in quotes as a whole, which are taken away";
    let whole = each(&|line| format!("\"{line}\""));
    reads("whole lines", &whole, &[], told);
    let twice = each(&|line| {
        let cells: Vec<String> = line.split(',').map(|it| format!("\"\"{it}\"\"")).collect();
        format!("\"{}\"", cells.join(","))
    });
    reads("whole lines with quotes", twice, &[], told);
    for (name, open, close) in [
        ("apostrophes", "'", "'"),
        ("curved quotes", "“", "”"),
        ("low quotes", "„", "“"),
    ] {
        let quoted = each(&|line| {
            let cells: Vec<String> = line
                .split(',')
                .map(|it| format!("{open}{it}{close}"))
                .collect();
            cells.join(",")
        });
        reads(name, quoted, &[], "");
    }
    reads(
        "quotes behind blanks",
        each(&|line| format!("\"{}\"", line.replace(',', "\", \""))),
        &[],
        "",
    );
    reads(
        "the word for per cent",
        with_numbers(
            ',',
            &plain,
            &|rate| format!("{:.2} percent", rate * 100.0),
            "",
        ),
        &[],
        "31% is 0.31",
    );
    let aligned = |line: &str| line.replace(',', " | ");
    let psql = each(&|line| {
        let rule = if line.starts_with("timestamp") {
            "\n-----+----+---+---+---+---+---"
        } else {
            ""
        };
        format!(" {}{rule}", aligned(line))
    });
    reads(
        "psql",
        psql + "(48 rows)\n",
        &[],
        "the last row, at line 51, has no time and is left out",
    );
    let rule = "+----+----+----+----+----+----+----+";
    let mysql = each(&|line| {
        let rule = if line.starts_with("timestamp") {
            format!("\n{rule}")
        } else {
            String::new()
        };
        format!("| {} |{rule}", aligned(line))
    });
    let told = "the last row, at line 53, has no time and is left out";
    reads(
        "MySQL",
        format!("{rule}\n{mysql}{rule}\n48 rows in set (0.00 sec)\n"),
        &[],
        told,
    );
    let markdown = each(&|line| {
        let rule = if line.starts_with("timestamp") {
            "\n|---|:---|---:|---|---|---|---|"
        } else {
            ""
        };
        format!("| {} |{rule}", aligned(line))
    });
    reads("Markdown", markdown, &[], "columns are separated by '|'");
}

#[test]
fn what_was_written_by_this_program_or_by_no_reader() {
    for (name, header, reason) in [
        (
            "decisions",
            "timestamp,campaignId,action,reason,previousDialRate,newDialRate,deviation,availableAgents",
            "it looks like what backtest --output wrote",
        ),
        (
            "campaigns side by side",
            "timestamp,a availableAgents,a answerRate,b availableAgents,b answerRate",
            "it has \"a answerRate\" and \"b answerRate\": do campaigns stand side by side?",
        ),
        (
            "the time of a log store",
            "_time,date_hour,date_mday,availableAgents,answerRate",
            "such as --column \"timestamp=_time\"",
        ),
        (
            "names in two lines",
            "timestamp,agents,calls,calls",
            "give them all with --header, and the lines before the first row with --skip-lines",
        ),
    ] {
        refuses(name, format!("{header}\n1,2,3\n"), &[], reason);
    }
    let titled =
        "Report;;\nPeriod: 2026-03-02;;\n\nDatum;Uhrzeit;Agenten\n02.03.2026;09:00;40\nSumme;;40\n";
    for reason in [
        "such as --column \"timestamp=Datum+Uhrzeit\"",
        "--skip-lines 3",
    ] {
        refuses("titles", titled, &[], reason);
    }
    let total = with_times(&|row| format!("22.03.2026 09:{:02}:{:02}", row.minute, row.second))
        + "Summe,,,,,,\n";
    refuses(
        "a total among the times",
        total,
        &[],
        "give --time-format '%d.%m.%Y %H:%M:%S'",
    );
    // The record of a skill has no answer rate at its first poll.
    let mut records = String::new();
    for n in 0..8 {
        let rate = if n == 0 { "null" } else { "0.3" };
        writeln!(
            records,
            "{{\"timestamp\":\"2026-03-02T09:0{n}:00Z\",\"skillId\":4711,\"previousRatio\":1,\"newRatio\":2,\"answerRate\":{rate},\"abandonmentRate\":null,\"abandonmentBasis\":\"none\",\"staffedAgents\":20,\"busyAgents\":8,\"availableAgents\":12,\"reasonCode\":\"x\",\"policy\":\"ratio\"}}"
        )
        .unwrap();
    }
    let folder = Folder::new();
    let run = backtest(&folder, &records, &["--interval", "60s"]).expect(0);
    assert!(
        run.stdout.contains("8 rows of 1 campaign"),
        "{}",
        run.stdout
    );
    assert!(!run.stderr.contains("is not read"), "{}", run.stderr);
    let shouted = clean().replacen("spring", "Spring", 3);
    let run = backtest(&folder, shouted, &[]).expect(0);
    let warning = "campaigns \"Spring\" and \"spring\" differ in capital letters only";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[test]
fn a_twelve_hour_clock_is_not_sorted() {
    let clock = |hour: u32| format!("2026-03-02 {:02}:00:00", (hour + 11) % 12 + 1);
    let mut rows: Vec<String> = (8..18)
        .map(|hour| format!("{},9,0.3\n", clock(hour)))
        .collect();
    let header = "timestamp,availableAgents,answerRate\n";
    let sorted = ["--sort", "--time-zone", "UTC"];
    let reason = "are its hours those of a 12-hour clock?";
    refuses(
        "the oldest first",
        header.to_owned() + &rows.concat(),
        &sorted,
        reason,
    );
    rows.reverse();
    let newest_first = header.to_owned() + &rows.concat();
    refuses("the newest first", &newest_first, &sorted, reason);
    let folder = Folder::new();
    let said = [&sorted[..], &["--time-format", "%Y-%m-%d %H:%M:%S"]].concat();
    backtest(&folder, newest_first, &said).expect(0);
    // Two evenings, the later one first.
    let evenings = [21, 22, 9, 10].map(|hour| format!("2026-03-02 {hour:02}:00:00,9,0.3\n"));
    let more = "2026-03-01 09:00:00,9,0.3\n";
    backtest(
        &folder,
        header.to_owned() + &evenings.concat() + more,
        &sorted,
    )
    .expect(0);
}

#[test]
fn polls_an_hour_apart_in_a_repeated_hour() {
    // Minutes of each poll from midnight on, by campaign; in Berlin the hour from 2:00 comes twice.
    let texts = |minutes: &[[i64; 6]]| {
        let mut rows: Vec<(i64, usize)> = Vec::new();
        for (campaign, minutes) in minutes.iter().enumerate() {
            let at =
                |(n, minute): (usize, &i64)| (i64::try_from(n).unwrap() * 60 + minute, campaign);
            rows.extend(minutes.iter().enumerate().map(at));
        }
        rows.sort_unstable();
        let header = "timestamp,campaignId,availableAgents,answerRate\n".to_owned();
        let (mut local, mut utc) = (header.clone(), header);
        for (minute, campaign) in rows {
            let local_minute = if minute < 180 { minute } else { minute - 60 };
            let text = |day: u32, minute: i64| {
                format!("2026-10-{day} {:02}:{:02}:00", minute / 60, minute % 60)
            };
            writeln!(local, "{},c{campaign},9,0.3", text(25, local_minute)).unwrap();
            let (day, minute) = if minute < 120 {
                (24, minute + 1_320)
            } else {
                (25, minute - 120)
            };
            writeln!(utc, "{},c{campaign},9,0.3", text(day, minute)).unwrap();
        }
        (local, utc)
    };
    let folder = Folder::new();
    for minutes in [
        &[[10, 11, 10, 13, 12, 10]][..],
        &[[10, 11, 13, 10, 12, 10]],
        &[[10, 11, 10, 13, 12, 10], [11, 12, 12, 14, 11, 10]],
        &[[10, 9, 10, 11, 12, 10], [50, 49, 48, 51, 50, 50]],
        &[[0, 1, 2, 3, 4, 5], [1, 0, 1, 0, 1, 0], [2, 3, 4, 5, 6, 7]],
    ] {
        let (local, utc) = texts(minutes);
        backtest(&folder, utc, &["--time-zone", "UTC"]).expect(0);
        let wanted = folder.read("decisions.csv");
        backtest(&folder, local, &["--time-zone", "Europe/Berlin"]).expect(0);
        assert_eq!(folder.read("decisions.csv"), wanted, "{minutes:?}");
    }
    // Two blocks, the second of which begins within the second hour that the first ends after.
    let mut blocks = String::from("timestamp,campaignId,availableAgents,answerRate\n");
    for (campaign, first, last) in [("a", 0, 60), ("b", 15, 60)] {
        for n in first..last {
            let minute = 60 + n * 5;
            let local = if minute < 180 { minute } else { minute - 60 };
            let at = format!("2026-10-25 {:02}:{:02}:00", local / 60, local % 60);
            writeln!(blocks, "{at},{campaign},9,0.3").unwrap();
        }
    }
    backtest(&folder, blocks, &["--time-zone", "Europe/Berlin"]).expect(0);
    let decisions = folder.read("decisions.csv");
    let first_of_b = decisions.lines().find(|line| line.contains(",b,")).unwrap();
    assert!(
        first_of_b.starts_with("2026-10-25T00:15:00"),
        "{first_of_b}"
    );
}
