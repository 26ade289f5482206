//! What is printed and written: no secret in any form, and no character that nobody sees.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::collections::HashSet;
use std::fmt::Write as _;

use common::{Call, Finished, Folder, Platform, Reply, Run, SECRET, TOKEN};
use dialpace::base::secrets::{conceal, of_a_stranger, redacted};
use dialpace::base::visible::{is_unseen, line};
use dialpace::http::shown_address;
use proptest::prelude::*;

/// Characters of a secret that may be seen in a row, anywhere: as many as ordinary words share.
const SEEN_MAX: usize = 7;

/// True where `text` shows more of `secret` in a row than ordinary words share with it, in whatever
/// form.
fn shows(text: &str, secret: &str) -> bool {
    let secret = secret.to_ascii_lowercase();
    let parts: HashSet<&[u8]> = secret.as_bytes().windows(SEEN_MAX + 1).collect();
    let is_in = |text: &[u8]| {
        let text = text.to_ascii_lowercase();
        text.windows(SEEN_MAX + 1).any(|part| parts.contains(part))
    };
    let mut texts = vec![text.as_bytes().to_vec()];
    for _ in 0..3 {
        let mut next = Vec::new();
        for text in &texts {
            let graphic = text.iter().copied().filter(u8::is_ascii_graphic);
            if is_in(text) || is_in(&graphic.collect::<Vec<u8>>()) {
                return true;
            }
            let is_letter = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_".contains(b);
            let letters: Vec<u8> = text.iter().copied().filter(is_letter).collect();
            next.extend([unescape(text), unhex(&letters, 0), unhex(&letters, 1)]);
            next.extend((0..4).map(|skip| unbase64(&letters, skip)));
        }
        texts = next;
    }
    false
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut out = Vec::new();
    let mut rest = text.as_ref();
    while let Some(first) = rest.chars().next() {
        let digits = |from: usize, to: usize| {
            rest.get(from..to)
                .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        };
        let entity = rest
            .strip_prefix("&#")
            .and_then(|text| text.split_once(';'));
        let by_number = entity.and_then(|(number, _)| {
            let length = 2 + number.len() + 1;
            let value = match number.strip_prefix('x') {
                Some(hex) => u8::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            Some((value, length))
        });
        let found = match first {
            '%' => digits(1, 3).map(|byte| (byte, 3)),
            '\\' if rest.starts_with("\\u00") => digits(4, 6).map(|byte| (byte, 6)),
            '\\' => rest.as_bytes().get(1).map(|byte| (*byte, 2)),
            '&' => by_number,
            '+' => Some((b' ', 1)),
            _ => None,
        };
        let (byte, length) = found.unwrap_or((first as u8, first.len_utf8()));
        out.push(byte);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

fn unhex(text: &[u8], skip: usize) -> Vec<u8> {
    let pairs = text.get(skip..).unwrap_or_default().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(|pair| byte(pair).unwrap_or(0)).collect()
}

fn unbase64(text: &[u8], skip: usize) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for four in text.get(skip..).unwrap_or_default().chunks_exact(4) {
        let bits = four
            .iter()
            .fold(0_u32, |bits, byte| bits << 6 | u32::from(value(*byte)));
        out.extend(&bits.to_be_bytes()[1..]);
    }
    out
}

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, n| {
            bits << 8 | u32::from(*three.get(n).unwrap_or(&0))
        });
        for n in 0..=three.len() {
            out.push(alphabet[(bits >> (18 - 6 * n)) as usize & 63] as char);
        }
    }
    out
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FOR_URLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How the other side encodes what it echoes.
#[derive(Clone, Copy, Debug)]
enum Inner {
    Plain,
    OtherCase,
    Hex(bool),
    Base64(bool),
}

/// And escapes it.
#[derive(Clone, Copy, Debug)]
enum Outer {
    None,
    Percent { all: bool, upper: bool },
    Json { all: bool },
    Html { hex: bool },
    Slashes,
}

fn encode(text: &str, inner: Inner) -> String {
    match inner {
        Inner::Plain => text.to_owned(),
        Inner::OtherCase => {
            let swap = |c: char| match c {
                _ if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
                _ => c.to_ascii_lowercase(),
            };
            text.chars().map(swap).collect()
        }
        Inner::Hex(upper) => text.bytes().fold(String::new(), |mut out, byte| {
            let _ = if upper {
                write!(out, "{byte:02X}")
            } else {
                write!(out, "{byte:02x}")
            };
            out
        }),
        Inner::Base64(for_urls) => {
            base64(text.as_bytes(), if for_urls { FOR_URLS } else { STANDARD })
        }
    }
}

fn escape(text: &str, outer: Outer) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let c = byte as char;
        let is_plain = c.is_ascii_alphanumeric();
        let _ = match outer {
            Outer::Percent { upper, all } if all || !is_plain => {
                if upper {
                    write!(out, "%{byte:02X}")
                } else {
                    write!(out, "%{byte:02x}")
                }
            }
            Outer::Json { all } if all || !is_plain => write!(out, "\\u{byte:04x}"),
            Outer::Html { hex: true } => write!(out, "&#x{byte:x};"),
            Outer::Html { hex: false } => write!(out, "&#{byte};"),
            Outer::Slashes if c == '/' => write!(out, "\\/"),
            _ => write!(out, "{c}"),
        };
    }
    out
}

fn inner() -> impl Strategy<Value = Inner> {
    prop_oneof![
        Just(Inner::Plain),
        Just(Inner::OtherCase),
        any::<bool>().prop_map(Inner::Hex),
        any::<bool>().prop_map(Inner::Base64),
    ]
}

fn outer() -> impl Strategy<Value = Outer> {
    prop_oneof![
        Just(Outer::None),
        Just(Outer::Slashes),
        any::<(bool, bool)>().prop_map(|(all, upper)| Outer::Percent { all, upper }),
        any::<bool>().prop_map(|all| Outer::Json { all }),
        any::<bool>().prop_map(|hex| Outer::Html { hex }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_encoding_of_a_secret_is_shown(
        secret in "[!-~]{12,40}",
        before in "[a-z {\":]{0,9}",
        after in "[a-z }\",]{0,9}",
        inner in inner(),
        outer in outer(),
        split in proptest::option::of((1..9_usize, "[ \t\r\n]{1,3}")),
        is_within in any::<bool>(),
    ) {
        conceal(&secret);
        // The secret alone is encoded, or within what it was sent in.
        let echoed = if is_within {
            encode(&format!("{before}{secret}{after}"), inner)
        } else {
            encode(&secret, inner)
        };
        // A blank stands between two characters, as they are before they are escaped.
        let (length, blank) = split.unwrap_or((echoed.len(), String::new()));
        let chars: Vec<char> = echoed.chars().collect();
        let parts = chars.chunks(length).map(|part| part.iter().collect::<String>());
        let parts: Vec<String> = parts.map(|part| escape(&part, outer)).collect();
        let echoed = parts.join(&blank);
        let text = format!("{before}{echoed}{after}");
        for shown in [redacted(&text), of_a_stranger(&text)] {
            prop_assert!(!shows(&shown, &secret), "{secret}\n{text}\n{shown}");
        }
    }

    #[test]
    fn ordinary_words_are_left_as_they_are(text in "[a-z]{1,9}( [a-z]{1,9}){0,9}") {
        prop_assert_eq!(of_a_stranger(&text), text);
    }

    #[test]
    fn an_address_shows_no_key(
        key in "[A-Za-z0-9]{20,40}[0-9][a-z]",
        place in 0..9_usize,
    ) {
        let addresses = [
            format!("http://127.0.0.1:1?sig={key}"),
            format!("https://user:{key}/x@host"),
            format!("https://user:{key}@host/x"),
            format!("https://{key}@host/x"),
            format!("file:///x?sig={key}"),
            format!("host/x?key={key}"),
            format!("https://host/x#{key}"),
            format!("https://host/hooks/{key}/in"),
            format!("https://host:{key}/x"),
        ];
        let shown = shown_address(&addresses[place]);
        prop_assert!(!shown.contains(&key), "{}: {}", addresses[place], shown);
    }

    #[test]
    fn no_unseen_character_is_left(text in any::<String>()) {
        prop_assert!(!line(&text).chars().any(is_unseen));
    }
}

#[test]
fn a_message_stays_readable() {
    for text in [
        "invalid_client: unknown client or wrong secret",
        "campaign camp-42 not found in /api/v2/outbound/campaigns/camp-42",
        "dialRate must be between 0 and 500, at 2026-11-22T15:03:01.123Z",
        "<html><head><title>Bad Gateway</title></head>",
        "totalCallsAnswered: invalid type: string \"x\", expected u32",
    ] {
        assert_eq!(of_a_stranger(text), text);
    }
    assert_eq!(
        of_a_stranger("token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 is wrong"),
        "token [redacted] is wrong"
    );
}

/// `finish` fails if a secret is in the output, `Folder` if it is in a file; this looks for its other
/// forms in both.
#[track_caller]
fn assert_sealed(run: &Finished, folder: &Folder, secrets: &[&str]) {
    let mut texts = vec![run.stdout.clone(), run.stderr.clone()];
    for (name, content) in folder.files() {
        if !name.contains(".token") && !name.ends_with("secret") {
            texts.push(String::from_utf8_lossy(&content).into_owned());
        }
    }
    for secret in secrets {
        for text in &texts {
            assert!(!shows(text, secret), "{secret} is in: {text}");
        }
    }
}

type Echo = fn(&str) -> String;

/// Ways in which a server may write what it was sent into its answer.
fn echoes() -> Vec<(&'static str, Echo)> {
    vec![
        ("as it is", str::to_owned),
        ("percent, small", |s| {
            escape(
                s,
                Outer::Percent {
                    all: true,
                    upper: false,
                },
            )
        }),
        ("percent, large", |s| {
            escape(
                s,
                Outer::Percent {
                    all: true,
                    upper: true,
                },
            )
        }),
        ("JSON", |s| escape(s, Outer::Json { all: true })),
        ("slashes", |s| s.replace('/', "\\/")),
        ("entities", |s| escape(s, Outer::Html { hex: false })),
        ("entities, hex", |s| escape(s, Outer::Html { hex: true })),
        ("base64", |s| encode(s, Inner::Base64(false))),
        ("base64 for addresses", |s| encode(s, Inner::Base64(true))),
        ("base64, shifted", |s| {
            encode(&format!("a{s}"), Inner::Base64(false))
        }),
        ("base64, shifted again", |s| {
            encode(&format!("ab{s}"), Inner::Base64(false))
        }),
        ("hex", |s| encode(s, Inner::Hex(false))),
        ("HEX", |s| encode(s, Inner::Hex(true))),
        ("other case", |s| encode(s, Inner::OtherCase)),
        ("split", |s| {
            s.as_bytes()
                .chunks(5)
                .map(|p| String::from_utf8_lossy(p) + "\n")
                .collect()
        }),
        ("base64, split", |s| {
            let text = encode(s, Inner::Base64(false));
            text.as_bytes()
                .chunks(4)
                .map(|p| String::from_utf8_lossy(p) + " ")
                .collect()
        }),
    ]
}

/// The body of an answer with a text in it.
type Body = fn(String) -> String;

#[test]
fn no_answer_makes_a_run_show_what_it_was_sent() {
    for (name, echo) in echoes() {
        // The call, the status, and the form of the body.
        let answers: [(Call, u16, Body); 9] = [
            (Call::Token, 400, |text| text),
            (Call::Token, 200, |text| {
                format!(r#"{{"access_token":"{TOKEN}-0","token_type":{text:?}}}"#)
            }),
            (Call::Token, 200, |text| {
                format!(r#"{{"access_token":5,"expires_in":{text:?}}}"#)
            }),
            (Call::Metrics, 500, |text| {
                format!(r#"{{"message":{text:?}}}"#)
            }),
            (Call::Metrics, 200, |text| {
                common::metrics_answer(&text.replace(['"', '\\', '\n'], ""), "0.5")
            }),
            (Call::Metrics, 200, |text| format!("<html>{text}</html>")),
            (Call::Agents, 200, |text| {
                format!(r#"{{"response":{text:?}}}"#)
            }),
            (Call::Patch, 403, |text| {
                format!(r#"{{"error":{{"message":{text:?}}}}}"#)
            }),
            (Call::Warehouse, 500, |text| text),
        ];
        for (call, status, body) in answers {
            let folder = Folder::new();
            let platform = Platform::scripted(move |request, _| {
                if request.call() != call {
                    return Reply::Contract;
                }
                let sent = format!("{} {}", request.body, request.header("authorization"));
                Reply::Answer(status, Vec::new(), body(echo(&sent)))
            });
            let warehouse = format!("{}?sig=canary-key-77aa88bb", platform.warehouse());
            let args = [
                "--dw-endpoint",
                &warehouse,
                "--retries",
                "1",
                "--verbose",
                "--json",
            ];
            let run = folder.tick(&platform, &args).finish();
            assert_ne!(run.code, 101, "{name}: {}", run.stderr);
            assert_sealed(&run, &folder, &[SECRET, TOKEN, "canary-key-77aa88bb"]);
        }
    }
}

#[test]
fn an_address_that_cannot_be_used_shows_no_key() {
    let key = "canary-key-77aa88bb";
    for (name, value) in [
        ("CXONE_SITE", format!("http://127.0.0.1:1?sig={key}")),
        ("CXONE_SITE", format!("https://user:{key}/x@127.0.0.1")),
        ("CXONE_SITE", format!("127.0.0.1:1/{key}")),
        ("CXONE_SITE", format!("user:{key}@127.0.0.1")),
        ("CXONE_SITE", format!("ftp://{key}")),
        ("CXONE_SITE", format!("https://127.0.0.1:{key}")),
        ("CXONE_SITE", format!("https://a b/{key}")),
        ("DW_ENDPOINT", format!("file:///x?sig={key}")),
        ("DW_ENDPOINT", format!("host/x?key={key}")),
        ("DW_ENDPOINT", format!("./x?key={key}")),
        ("DW_ENDPOINT", format!("user:{key}@host/x")),
        ("DW_ENDPOINT", format!("https:/host/x?key={key}")),
        ("DW_ENDPOINT", format!("http://host:1?sig={key}")),
        ("DW_ENDPOINT", format!("https://user:{key}/x@host")),
        ("DW_ENDPOINT", format!("HTTPS://host/#{key}")),
        ("DW_ENDPOINT", format!("https://host:port/{key}")),
        ("DW_ENDPOINT", format!("s3://bucket/{key}")),
    ] {
        let folder = Folder::new();
        let platform = Platform::start();
        let run = folder
            .tick(&platform, &["--verbose"])
            .env(name, &value)
            .finish()
            .expect(2);
        assert!(
            run.error()
                .contains(&format!("{name} in the environment: ")),
            "{}",
            run.stderr
        );
        assert_sealed(&run, &folder, &[key]);
        assert!(platform.calls().is_empty());
    }
    // Addresses that can be used, and where nothing answers.
    for address in [
        "http://127.0.0.1:1?sig=KEY",
        "http://127.0.0.1:1/a/KEY/b?key=KEY",
        "http://localhost:1/?KEY",
    ] {
        let folder = Folder::new();
        let platform = Platform::start();
        let key = "canary77aa88bbcc99dd";
        let args = [
            "--verbose",
            "--json",
            "--retries",
            "1",
            "--dw-endpoint",
            &address.replace("KEY", key),
        ];
        let run = folder.tick(&platform, &args).finish().expect(6);
        assert_sealed(&run, &folder, &[key]);
        assert!(
            run.stderr.contains(":1"),
            "the host is shown: {}",
            run.stderr
        );
    }
}

/// Characters that nobody sees, that turn text around, or that a terminal obeys.
const UNSEEN: &str =
    "a\u{202e}b\u{200b}c\u{2066}d\u{feff}e\u{9b}31mf\u{1b}[31mg\u{7}h\u{ad}i\u{e0041}j";

#[test]
fn no_unseen_character_from_outside_is_printed() {
    let folder = Folder::new();
    let seen = |run: &Finished| {
        for text in [&run.stdout, &run.stderr] {
            let bad = text.chars().find(|c| is_unseen(*c) && *c != '\n');
            assert_eq!(bad, None, "{text:?}");
        }
    };
    // An answer of the platform.
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Metrics => Reply::Answer(400, Vec::new(), format!(r#"{{"message":"no {UNSEEN}"}}"#)),
        Call::Agents => Reply::body(format!("<html>{UNSEEN}")),
        _ => Reply::Contract,
    });
    for args in [&["--json"][..], &["--verbose"]] {
        seen(&folder.tick(&platform, args).finish().expect(5));
    }
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Metrics => Reply::body(common::metrics_answer(
            &UNSEEN.replace(['\u{1b}', '\u{7}'], ""),
            "0.5",
        )),
        _ => Reply::Contract,
    });
    seen(&folder.tick(&platform, &[]).finish().expect(5));
    // Names of files, values of the environment and of the command line.
    let platform = Platform::start();
    let name = UNSEEN.replace('\u{feff}', "");
    for (variable, value) in [
        ("SLA_THRESHOLD", UNSEEN),
        ("CAMPAIGN_ID", UNSEEN),
        ("DIALPACE_CONFIG", UNSEEN),
        ("CXONE_SITE", UNSEEN),
        ("DW_ENDPOINT", UNSEEN),
        ("DIALPACE_POLICY", UNSEEN),
        ("DIALPACE_CA_FILE", &name),
    ] {
        seen(
            &folder
                .tick(&platform, &[])
                .env(variable, value)
                .finish()
                .expect(2),
        );
    }
    seen(
        &folder
            .dialpace(&["tick", &format!("--{UNSEEN}")])
            .finish()
            .expect(2),
    );
    seen(
        &folder
            .dialpace(&["simulate", "--hours", UNSEEN])
            .finish()
            .expect(2),
    );
    seen(&folder.dialpace(&["simulate", UNSEEN]).finish().expect(2));
    seen(&folder.dialpace(&["man", UNSEEN]).finish().expect(2));
    folder.write(".env", format!("DIALPACE_SLA_TRESHOLD{UNSEEN}=1\n"));
    seen(
        &folder
            .dialpace(&["tick", "--sandbox", "--dry-run"])
            .finish()
            .expect(0),
    );
    std::fs::remove_file(folder.path(".env")).unwrap();
    // History: the id, a column, a value; as table, JSON, file and page.
    let id: String = UNSEEN.chars().filter(|c| !c.is_control()).collect();
    let id = format!("x{id}");
    let row = |n| format!("2026-11-02T10:0{n}:00Z,\"{id}\",0.5,10,20\n");
    let rows = [0, 1, 2].map(row).concat();
    let header = "timestamp,campaignId,answerRate,availableAgents,dialRate\n";
    folder.write(
        "history.csv",
        format!("{header}{rows}{}", rows.replace(",\"x", ",\"y")),
    );
    let outputs = ["--output", "d.ndjson", "--report", "r.html"];
    let run = folder
        .dialpace(
            &[
                &["backtest", "history.csv", "--on-bad-row", "skip"],
                &outputs[..],
            ]
            .concat(),
        )
        .finish()
        .expect(0);
    seen(&run);
    for written in ["d.ndjson", "r.html"] {
        let text = folder.read(written);
        assert!(
            !text.chars().any(|c| is_unseen(c) && c != '\n'),
            "{written}"
        );
        assert!(text.contains(r"\u202e"), "{written}");
    }
    let first = folder.read("d.ndjson").lines().next().unwrap().to_owned();
    let decision: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(
        decision["campaignId"],
        id.as_str(),
        "the escapes mean the same characters"
    );
    let run = folder
        .dialpace(&[
            "backtest",
            "history.csv",
            "--format",
            "json",
            "--on-bad-row",
            "skip",
        ])
        .finish()
        .expect(0);
    seen(&run);
    folder.write(
        "bad.csv",
        format!("{header}2026-11-02T10:00:00Z,a,{UNSEEN},10,20\n"),
    );
    seen(&folder.dialpace(&["backtest", "bad.csv"]).finish().expect(2));
    folder.write("names.csv", format!("timestamp,{UNSEEN}\n1,2\n"));
    seen(
        &folder
            .dialpace(&["backtest", "names.csv"])
            .finish()
            .expect(2),
    );
    // A scenario.
    let escaped = UNSEEN.chars().fold(String::new(), |mut text, c| {
        let _ = write!(text, "\\U{:08x}", u32::from(c));
        text
    });
    folder.write(
        "w.toml",
        format!("name = \"{escaped}\"\ndescription = \"{escaped}\"\nhours = 0.1\n"),
    );
    let simulate = [
        "simulate",
        "w.toml",
        "--replications",
        "1",
        "--report",
        "s.html",
    ];
    for format in ["table", "json", "csv"] {
        seen(
            &folder
                .dialpace(&[&simulate[..], &["--format", format]].concat())
                .finish()
                .expect(0),
        );
    }
    let page = folder.read("s.html");
    assert!(!page.chars().any(|c| is_unseen(c) && c != '\n'));
}

#[test]
fn no_cell_that_is_written_is_a_formula() {
    let folder = Folder::new();
    // An id, and its cell.
    let ids = [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("=a,b", "\"'=a,b\""),
        ("-4711", "-4711"),
        ("+1.5", "+1.5"),
        ("4711", "4711"),
        ("a=b", "a=b"),
        ("-inf", "'-inf"),
    ];
    let mut history = "timestamp,campaignId,answerRate,availableAgents\n".to_owned();
    for (id, _) in ids {
        let _ = writeln!(history, "2026-11-02T10:00:00Z,\"{id}\",0.5,10");
    }
    folder.write("history.csv", history);
    folder
        .dialpace(&["backtest", "history.csv", "--output", "d.csv", "--quiet"])
        .finish()
        .expect(0);
    let decisions = folder.read("d.csv");
    for (line, (id, cell)) in decisions.lines().skip(1).zip(ids) {
        assert!(line.contains(&format!("Z,{cell},")), "{id}: {line}");
    }
    for (name, id) in [
        ("=cmd|x", "cmd-x"),
        ("-5 agents", "5-agents"),
        ("@@@", "scenario"),
    ] {
        folder.write("w.toml", format!("name = \"{name}\"\nhours = 0.1\n"));
        folder
            .dialpace(&[
                "simulate",
                "w.toml",
                "--replications",
                "1",
                "--quiet",
                "--trace",
                "t.csv",
            ])
            .finish()
            .expect(0);
        let trace = folder.read("t.csv");
        assert!(
            trace
                .lines()
                .skip(1)
                .all(|line| line.contains(&format!("Z,{id},"))),
            "{trace}"
        );
    }
}

/// The types of the program are no matter of those who write files for it.
#[test]
fn no_message_about_a_file_names_a_type() {
    let folder = Folder::new();
    let types = [
        "f64", "u32", "u64", "i64", "usize", "struct", "enum", "tuple", "Option", "sequence",
    ];
    let scenarios = [
        "hours = \"x\"",
        "hours = true",
        "hours = [1]",
        "hours = {a=1}",
        "hours = 1e999",
        "hours = 2026-01-01",
        "hours = 99999999999999999999999",
        "agents = 5",
        "[agents]\nroster = 5",
        "[agents]\nroster = [5]",
        "[agents]\nroster = [{count = -1, from_secs = 0}]",
        "[agents]\nroster = [{count = 1.5, from_secs = 0}]",
        "[agents]\nroster = [{count = 5000000000, from_secs = 0}]",
        "[agents]\nroster = [{count = 5}]",
        "[dialer]\nspacing = \"odd\"",
        "[dialer]\nspacing = 4",
        "[calls]\ntalk = 5",
        "[calls]\ntalk = {kind = \"x\"}",
        "[calls]\ntalk = {kind = 5}",
        "[calls.talk]\nkind = \"fixed\"",
        "name = 5",
        "expect = 5",
        "[[expect]]\npolicy = 4",
        "[[expect]]\npolicy = \"fixed\"\nfigure = \"a\"\nsettings = 4",
        "x",
        "= 5",
    ];
    for scenario in scenarios {
        folder.write("w.toml", format!("{scenario}\n"));
        let run = folder.dialpace(&["simulate", "w.toml"]).finish().expect(2);
        let bad = types.iter().find(|name| run.stderr.contains(*name));
        assert_eq!(bad, None, "{scenario}: {}", run.stderr);
        assert!(
            run.error().contains("w.toml:"),
            "{scenario}: {}",
            run.stderr
        );
    }
    for config in [
        "window = [1]",
        "[a]\nb = 1",
        "window = 99999999999999999999",
        "window 5",
        "window = 1\nwindow = 2",
    ] {
        folder.write("c.toml", format!("{config}\n"));
        let run = folder
            .dialpace(&["simulate", "--config", "c.toml"])
            .finish()
            .expect(2);
        let bad = types.iter().find(|name| run.stderr.contains(*name));
        assert_eq!(bad, None, "{config}: {}", run.stderr);
    }
    for part in [
        "5",
        "{\"scenario\":5}",
        "[1]",
        "{\"seed\":\"x\"}",
        "{\"replications\":-2}",
        "{\"cells\":{}}",
        "{\"variants\":null}",
    ] {
        folder.write("p.json", part);
        let run = folder
            .dialpace(&["simulate", "--merge", "p.json"])
            .finish()
            .expect(2);
        let bad = types.iter().find(|name| run.stderr.contains(*name));
        assert_eq!(bad, None, "{part}: {}", run.stderr);
    }
}
