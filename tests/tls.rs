//! Connections that are secure: whom they are made with, and what becomes of those that die.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;
#[path = "common/secure.rs"]
mod secure;

use std::io::Write as _;

use common::{Call, Folder, Platform, Run as _};
use secure::{Authority, Ends, HOST, Identity, Proxy, read_message};

/// A server with this identity, which answers every request as the token endpoint refuses one.
/// Returns its port.
fn serve(identity: &Identity) -> u16 {
    secure::listen_tls(secure::config(identity), |stream| {
        if read_message(stream, &mut Vec::new()).is_some() {
            let _ = stream
                .write_all(b"HTTP/1.1 401 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

#[test]
fn a_private_authority_is_admitted_where_it_is_named() {
    let folder = Folder::new();
    let ours = Authority::new("our own");
    let ca = folder.write("ca.pem", &ours.pem);
    let port = serve(&ours.identity("localhost"));
    let site = format!("https://localhost:{port}");
    let run = folder
        .tick_at(&site, &["--ca-file", ca.to_str().unwrap()])
        .finish();
    // The handshake is done: what refuses now is the token endpoint.
    assert_eq!(run.code, 3, "{}", run.stderr);
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    let folder = Folder::new();
    for site in [
        "http://example.com",
        "http://10.0.0.1:8080",
        "http://localhost.example.com",
    ] {
        let run = folder.tick_at(site, &[]).finish();
        assert_eq!(run.code, 2, "{site}: {}", run.stderr);
        assert!(run.stderr.contains("loopback"), "{site}: {}", run.stderr);
    }
}

/// A server that ends its connections without saying so. Through a proxy it is no host of this
/// machine, so that connections are kept for the next call.
#[test]
fn a_retry_takes_a_fresh_connection() {
    let ours = Authority::new("our own");
    for is_secure in [true, false] {
        for ends in [Ends::Never, Ends::AfterAnswer, Ends::AtSecondRequest] {
            let folder = Folder::new();
            let ca = folder.write("ca.pem", &ours.pem);
            let platform = Platform::start();
            let address = platform.address();
            let (site, proxy) = if is_secure {
                let config = secure::config(&ours.identity(HOST));
                let port =
                    secure::listen_tls(config, move |stream| secure::relay(stream, address, ends));
                (format!("https://{HOST}"), Some(Proxy::to(port)))
            } else {
                let port =
                    secure::listen(move |mut stream| secure::relay(&mut stream, address, ends));
                (format!("http://127.0.0.1:{port}"), None)
            };
            let warehouse = format!("{site}/warehouse");
            let args = [
                "--ca-file",
                ca.to_str().unwrap(),
                "--dw-endpoint",
                &warehouse,
            ];
            for agents in [40, 20, 60] {
                platform.world().agents = agents;
                let mut tick = folder.tick(&platform, &args);
                // One retry is enough for each call, however many connections have died.
                tick.env("CXONE_SITE", &site).env("DIALPACE_RETRIES", "1");
                if let Some(proxy) = &proxy {
                    tick.env("HTTPS_PROXY", proxy.url());
                }
                tick.finish().expect(0);
            }
            let world = platform.world();
            assert_eq!(world.applied.len(), 3, "TLS {is_secure}, {ends:?}");
            assert_eq!(world.records.len(), 3, "TLS {is_secure}, {ends:?}");
            drop(world);
            assert_eq!(platform.count(Call::Token), 1);
        }
    }
}
