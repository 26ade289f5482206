//! The cause of every failure that a network or a server can bring about, in words of our own: the whole
//! message, what is a guess as "likely", and no text of a library.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;
#[path = "common/secure.rs"]
mod secure;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use common::{CAMPAIGN, Call, Finished, Folder, Platform, Reply, Run as _, metrics_answer};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};
use secure::{Authority, Identity, listen, listen_tls, params, read_message};
use serde_json::{Value, json};

/// One `tick` without a retry, whose token request meets the site.
fn tick(site: &str, args: &[&str], environment: &[(&str, &str)]) -> Finished {
    let folder = Folder::new();
    let mut tick = folder.tick_at(site, args);
    tick.envs(environment.iter().copied()).finish()
}

/// The error line is `wanted`, in which `…` stands for figures and addresses.
#[track_caller]
fn assert_says(run: &Finished, wanted: &str) {
    let line = run.error();
    let mut rest = line.strip_prefix("error: token request: ").unwrap();
    let wanted = format!("{wanted}; no dial rate was set");
    let mut parts = wanted.split('…');
    let first = parts.next().unwrap();
    let mut matches = rest.starts_with(first);
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => matches = false,
        }
    }
    assert!(
        matches && (rest.is_empty() || wanted == line["error: token request: ".len()..]),
        "wanted: {wanted}\ngot:    {line}"
    );
    assert_is_ours(&run.stderr);
}

/// Nothing of it comes from a library or from the language.
#[track_caller]
fn assert_is_ours(text: &str) {
    for foreign in FOREIGN {
        let mut words = text.split(|c: char| !(c.is_alphanumeric() || "_:./ ".contains(c)));
        let is_in = words.any(|words| words.split(' ').any(|word| word == *foreign));
        assert!(!is_in, "{foreign:?} in: {text}");
    }
    for foreign in [
        "docs.rs",
        "rustls",
        "ureq",
        "os error",
        "::",
        "close_notify",
    ] {
        assert!(!text.contains(foreign), "{foreign:?} in: {text}");
    }
}

/// Types of Rust, and serde's words for them.
const FOREIGN: &[&str] = &[
    "u8", "u16", "u32", "u64", "usize", "i32", "i64", "f32", "f64", "bool", "str", "struct",
    "sequence", "map", "enum", "Option", "tuple", "unit", "floating",
];

/// A server that reads the request, answers with these bytes, and closes.
fn answering(answer: impl Into<Vec<u8>>) -> String {
    let answer = answer.into();
    let port = listen(move |mut stream| {
        if read_message(&mut stream, &mut Vec::new()).is_some() {
            let _ = stream.write_all(&answer);
            // What the client still sends would turn the end of the connection into a reset.
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    format!("http://127.0.0.1:{port}")
}

#[test]
fn a_connection_that_fails() {
    let refused = tick("http://127.0.0.1:1", &[], &[]).expect(1);
    assert_says(
        &refused,
        "no connection to 127.0.0.1:1: the connection was refused; likely nothing listens on this port; check the host, the port and the network",
    );
    // A name that no name server is asked for.
    let name = format!("{}.example", "a".repeat(64));
    let unknown = tick(&format!("https://{name}"), &[], &[]).expect(1);
    assert_says(
        &unknown,
        &format!(
            "no connection to {name}: its name cannot be resolved; likely it is misspelled, or no name server answers; check the host, the port and the network"
        ),
    );
    // Closed with the request unread, which is a reset.
    let port = listen(|stream| {
        let _ = stream.peek(&mut [0]);
    });
    let site = format!("http://127.0.0.1:{port}");
    assert_says(
        &tick(&site, &[], &[]).expect(1),
        "no answer: the connection was reset before an answer came",
    );
    let port = listen(|mut stream| {
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let site = format!("http://127.0.0.1:{port}");
    let silent = tick(&site, &["--deadline", "1s"], &[]).expect(4);
    assert_says(&silent, "no answer within … ms");
    let port = listen(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let site = format!("http://127.0.0.1:{port}");
    let stuck = tick(&site, &["--deadline", "1s"], &[]).expect(4);
    assert_says(&stuck, "the answer was not complete within … ms");
}

#[test]
fn an_answer_that_is_broken() {
    let ok = "HTTP/1.1 200 OK\r\n";
    let many = "X: y\r\n".repeat(129);
    let long = format!("X: {}\r\n", "y".repeat(40_000));
    let huge = " ".repeat(1_100_000);
    // (the answer, the exit code, the message)
    let cases = [
        (String::new(), 1, "no answer: the connection was closed before an answer came"),
        (format!("{ok}Content-Le"), 1, "no answer: the connection was closed before an answer came"),
        (format!("{ok}Content-Length: 9\r\n\r\n{{"), 1, "no answer: the connection was closed before the whole answer had come"),
        (format!("{ok}Transfer-Encoding: chunked\r\n\r\n5\r\n{{"), 1, "no answer: the connection was closed before the whole answer had come"),
        ("SSH-2.0-OpenSSH_9.6\r\n".to_owned(), 5, "unusable answer: it is not HTTP; likely this port is for another protocol, such as https"),
        ("\u{15}\u{3}\u{3}\0\u{2}\u{2}\n".to_owned(), 5, "unusable answer: it is not HTTP; likely this port is for another protocol, such as https"),
        ("HTTP/2 200 OK\r\n\r\n".to_owned(), 5, "unusable answer: it is not HTTP; likely this port is for another protocol, such as https"),
        ("HTTP/1.1 abc OK\r\n\r\n".to_owned(), 5, "unusable answer: its status line is malformed"),
        ("HTTP/1.1 099 OK\r\n\r\n".to_owned(), 5, "unusable answer: its status line is malformed"),
        (format!("{ok}na me: x\r\n\r\n"), 5, "unusable answer: its header is malformed"),
        (format!("{ok}name: \0\r\n\r\n"), 5, "unusable answer: its header is malformed"),
        (format!("{ok}{many}\r\n"), 5, "unusable answer: its header has more than 128 fields"),
        (format!("{ok}{long}\r\n"), 5, "unusable answer: its header is larger than 32768 bytes"),
        (format!("{ok}Content-Length: many\r\n\r\n"), 5, "unusable answer: its header states a length that is no number"),
        (format!("{ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{{}}"), 5, "unusable answer: its header states several lengths"),
        (format!("{ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n"), 5, "unusable answer: its body is in malformed chunks"),
        (format!("{ok}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}oops\r\n"), 5, "unusable answer: its body is in malformed chunks"),
        (format!("{ok}Content-Length: {}\r\n\r\n{huge}", huge.len()), 5, "unusable answer: its body is larger than 1048576 bytes"),
        (format!("{ok}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u{1f}xx"), 5, "unusable answer: its body is compressed, which was not asked for"),
        (format!("{ok}Content-Length: 0\r\n\r\n"), 5, "unusable answer: JSON was expected and the body is empty"),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), 5, "unusable answer: JSON was expected and the body is empty"),
        (
            "HTTP/1.1 302 Found\r\nLocation: https://login.example/?next=1\r\nContent-Length: 0\r\n\r\n".to_owned(),
            5,
            "HTTP 302 Found: to https://login.example/; redirects are not followed; set the address that it leads to",
        ),
        ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n".to_owned(), 5, "HTTP 302 Found; redirects are not followed; set the address that it leads to"),
    ];
    for (answer, code, wanted) in cases {
        let start: String = answer.chars().take(60).collect();
        let run = tick(&answering(answer), &[], &[]);
        assert_eq!(run.code, code, "{start:?}: {}", run.stderr);
        assert_says(&run, wanted);
    }
}

#[test]
fn a_certificate_that_proves_nothing() {
    let folder = Folder::new();
    let ours = Authority::new("our own");
    let ca = folder.write("ca.pem", &ours.pem);
    let trusting = ["--ca-file", ca.to_str().unwrap()];
    let mut expired = params("localhost");
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2021, 1, 1);
    let mut early = params("localhost");
    early.not_before = date_time_ymd(2100, 1, 1);
    early.not_after = date_time_ymd(2101, 1, 1);
    let mut client = params("localhost");
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let own_key = KeyPair::generate().unwrap();
    let own = params("localhost").self_signed(&own_key).unwrap();
    let unknown = "the issuer of its certificate is unknown, or it is self-signed; if a private authority issued it, name its certificate with --ca-file";
    let clock = "check the clock of this machine, and have the certificate renewed";
    let cases: [(Identity, &[&str], String); 7] = [
        (
            ours.identity("other.example"),
            &trusting,
            "its certificate is not valid for the name localhost; check the host name; the certificate is of another one".to_owned(),
        ),
        (ours.issue(&expired), &trusting, format!("its certificate expired on 2021-01-01; {clock}")),
        (ours.issue(&early), &trusting, format!("its certificate is not valid before 2100-01-01; {clock}")),
        (
            ours.issue(&client),
            &trusting,
            "its certificate is not for servers; check the host, the port and the server's certificate".to_owned(),
        ),
        ((own.der().clone(), own_key), &trusting, unknown.to_owned()),
        (Authority::new("somebody else").identity("localhost"), &trusting, unknown.to_owned()),
        (ours.identity("localhost"), &[], unknown.to_owned()),
    ];
    for (identity, args, wanted) in cases {
        let port = listen_tls(secure::config(&identity), |stream| {
            let _ = stream.read(&mut [0]);
        });
        let run = tick(&format!("https://localhost:{port}"), args, &[]).expect(1);
        assert_says(&run, &format!("no secure connection: {wanted}"));
    }
    // A machine without authorities of its own.
    let none = folder.write("none.pem", "");
    let site = "https://localhost:1";
    let port = listen(|mut stream| {
        let _ = stream.read(&mut [0]);
    });
    let run = tick(
        &site.replace('1', &port.to_string()),
        &[],
        &[
            ("SSL_CERT_FILE", none.to_str().unwrap()),
            ("SSL_CERT_DIR", "/nonexistent"),
        ],
    )
    .expect(1);
    assert_says(
        &run,
        "no secure connection: this machine has no certificate authorities to check it with; install them (often the package ca-certificates), or name a certificate with --ca-file",
    );
}

#[test]
fn a_handshake_that_fails() {
    let alert = |description: u8| vec![21, 3, 3, 0, 2, 2, description];
    let check = "check the host, the port and the server's certificate";
    // (what the server says to the greeting, the message)
    let cases: [(Vec<u8>, String); 7] = [
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            format!("no secure connection: what it sends is not TLS; likely this port is for plain http; {check}"),
        ),
        (alert(70), format!("no secure connection: it speaks neither TLS 1.2 nor TLS 1.3; {check}")),
        (alert(40), format!("no secure connection: it accepts none of the ciphers offered, likely because it is too old; {check}")),
        (alert(112), "no secure connection: it does not know the name localhost; check the host name".to_owned()),
        (alert(116), "no secure connection: it wants a certificate from here, and dialpace has none to show; allow this client without a certificate".to_owned()),
        (alert(80), format!("no secure connection: it ended the handshake with TLS alert 80; {check}")),
        (
            Vec::new(),
            "no connection to localhost:…: the connection was closed during the TLS handshake; check the host, the port and the network".to_owned(),
        ),
    ];
    for (says, wanted) in cases {
        let port = listen(move |mut stream| {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&says);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        });
        let run = tick(&format!("https://localhost:{port}"), &[], &[]).expect(1);
        assert_says(&run, &wanted);
    }
    let port = listen(|mut stream: TcpStream| {
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let site = format!("https://localhost:{port}");
    let run = tick(&site, &["--deadline", "1s"], &[]).expect(1);
    assert_says(
        &run,
        "no connection to localhost:…: no TLS handshake within … ms; check the host, the port and the network",
    );
}

/// Ends without a TLS close, and an alert after the handshake. The library's own words are for
/// `--verbose`.
#[test]
fn a_secure_connection_that_breaks() {
    let folder = Folder::new();
    let ours = Authority::new("our own");
    let ca = folder.write("ca.pem", &ours.pem);
    let config = secure::config(&ours.identity("localhost"));
    let says = |answer: &'static [u8]| {
        let port = listen_tls(config.clone(), move |stream| {
            if read_message(stream, &mut Vec::new()).is_some() {
                let _ = stream.write_all(answer);
                let _ = stream.flush();
            }
        });
        format!("https://localhost:{port}")
    };
    let args = ["--ca-file", ca.to_str().unwrap()];
    let before = says(b"");
    assert_says(
        &tick(&before, &args, &[]).expect(1),
        "no answer: the connection was closed before an answer came",
    );
    assert_says(
        &tick(
            &says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
            &args,
            &[],
        )
        .expect(1),
        "no answer: the connection was closed before the whole answer had come",
    );
    let run = tick(&before, &[&args[..], &["--verbose"]].concat(), &[]).expect(1);
    assert!(run.stderr.contains("close_notify"), "{}", run.stderr);
    assert!(!run.error().contains("close_notify"), "{}", run.stderr);
}

/// Every field of every answer with every type of JSON in it.
#[test]
fn a_value_of_the_wrong_type_is_named_by_the_types_of_json() {
    let values = [
        json!(null),
        json!(true),
        json!(-7),
        json!(1.5),
        json!("text, expected u64"),
        json!([1]),
        json!({"a": 1}),
        json!(u64::MAX),
    ];
    let metrics: Value = serde_json::from_str(&metrics_answer(CAMPAIGN, "0.7")).unwrap();
    let agents = json!({"response": [{"agentId": 1, "state": "available"}], "page": 1, "pageSize": 25, "totalElements": 1});
    let token = json!({"access_token": "abc", "token_type": "Bearer", "expires_in": 3600});
    let campaign = json!({"id": CAMPAIGN, "dialRate": 3});
    // Each place as a path of keys.
    let places = [
        (Call::Metrics, &metrics, "/response/0/answerRate"),
        (Call::Metrics, &metrics, "/response/0/totalCallsDialed"),
        (Call::Metrics, &metrics, "/response/0/campaignId"),
        (Call::Metrics, &metrics, "/response/0"),
        (Call::Metrics, &metrics, "/response"),
        (Call::Metrics, &metrics, ""),
        (Call::Agents, &agents, "/response/0/state"),
        (Call::Agents, &agents, "/response"),
        (Call::Agents, &agents, "/page"),
        (Call::Agents, &agents, "/totalElements"),
        (Call::Agents, &agents, ""),
        (Call::Token, &token, "/access_token"),
        (Call::Token, &token, "/expires_in"),
        (Call::Token, &token, ""),
        (Call::Campaign, &campaign, "/dialRate"),
        (Call::Campaign, &campaign, ""),
    ];
    for (call, answer, place) in places {
        for value in &values {
            let mut body = answer.clone();
            *body.pointer_mut(place).unwrap() = value.clone();
            let folder = Folder::new();
            let platform = Platform::faulty(call, move |_| {
                Reply::Answer(200, vec![("ETag", "\"1\"".to_owned())], body.to_string())
            });
            let run = folder.tick(&platform, &["--if-match", "etag"]).finish();
            if run.code != 0 {
                let text = run.error().replace("text, expected u64", "");
                assert_is_ours(&text);
            }
        }
    }
    // And what is no JSON at all.
    for body in [
        "{",
        "{\"response\":",
        "[1,",
        "nul",
        "{\"a\":\u{1}",
        "<html>",
        "{\"a\" 1}",
        "[1]]",
    ] {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Metrics, move |_| Reply::body(body));
        let run = folder.tick(&platform, &[]).finish().expect(5);
        for foreign in ["EOF", "line 1", "column", "trailing", "at line"] {
            assert!(!run.stderr.contains(foreign), "{body}: {}", run.stderr);
        }
    }
}

/// A stack that no machine can give keeps every thread from starting.
#[test]
fn a_cycle_needs_no_thread() {
    let ours = Authority::new("our own");
    let folder = Folder::new();
    let ca = folder.write("ca.pem", &ours.pem);
    let platform = Platform::start();
    let address = platform.address();
    let config = secure::config(&ours.identity("localhost"));
    let secure = listen_tls(config, move |stream| {
        secure::relay(stream, address, secure::Ends::Never);
    });
    let port = address.port();
    // By address and by name, without and with TLS.
    for site in [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("https://localhost:{secure}"),
    ] {
        for if_match in ["any", "etag"] {
            let folder = Folder::new();
            let warehouse = format!("{site}/warehouse");
            let args = ["--dw-endpoint", &warehouse, "--if-match", if_match];
            let mut tick = folder.tick(&platform, &args);
            platform.world().dial_rate = 0;
            tick.args(["--ca-file", ca.to_str().unwrap()])
                .env("CXONE_SITE", &site)
                .env("RUST_MIN_STACK", NO_THREAD)
                .finish()
                .expect(0);
        }
    }
    let world = platform.world();
    assert_eq!((&world.applied[..], world.records.len()), (&[34; 6][..], 6));
    drop(world);

    // A name that cannot be looked up is an error as ever, and a cycle of watch too.
    let site = format!("https://{}.example", "a".repeat(64));
    let run = tick(&site, &[], &[("RUST_MIN_STACK", NO_THREAD)]).expect(1);
    assert!(
        run.error().contains("its name cannot be resolved"),
        "{}",
        run.stderr
    );
}

/// Bytes of stack for a thread: more than an address can count.
const NO_THREAD: &str = "1000000000000000";

/// Of an address that fails, only host and port are told: the rest may be a key.
#[test]
fn an_address_that_fails_is_told_without_its_key() {
    for end in ["?sig=canary", "/x?sig=canary", "/?sig=canary"] {
        let folder = Folder::new();
        let platform = Platform::start();
        let warehouse = format!("http://127.0.0.1:1{end}");
        let args = ["--dw-endpoint", &warehouse, "--verbose", "--retries", "1"];
        let run = folder.tick(&platform, &args).finish().expect(6);
        let said = "warehouse export: no connection to 127.0.0.1:1: the connection was refused";
        assert!(run.stderr.contains(said), "{}", run.stderr);
        assert!(!run.stderr.contains("canary"), "{}", run.stderr);
    }
}
