//! Certificates that must be refused, each with an error that says why, and the one that is admitted.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use common::{CAMPAIGN, Finished, Folder, Run as _, SECRET};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An authority of our own.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What a server shows, and its key.
type Identity = (CertificateDer<'static>, KeyPair);

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    Authority {
        pem,
        issuer: Issuer::new(params, key),
    }
}

fn params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn issued(params: &CertificateParams, authority: &Authority) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.issuer).unwrap();
    (certificate.der().clone(), key)
}

/// A server with this identity, which answers every request as the token endpoint refuses one.
/// Returns its port.
fn serve((certificate, key): Identity) -> u16 {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok_and(|read| read > 0) {
                let _ = stream
                    .write_all(b"HTTP/1.1 401 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

/// One `tick` against this site; nothing of the secret is in what it prints.
fn tick(folder: &Folder, site: &str, args: &[&str]) -> Finished {
    let fixed = ["tick", "--state", "state.json", "--retries", "0"];
    folder
        .dialpace(&[&fixed[..], args].concat())
        .env("CXONE_SITE", site)
        .env("CXONE_CLIENT_ID", "client-1")
        .env("CXONE_CLIENT_SECRET", SECRET)
        .env("CAMPAIGN_ID", CAMPAIGN)
        .finish()
}

#[test]
fn a_certificate_that_proves_nothing_is_refused_and_the_error_says_why() {
    let folder = Folder::new();
    let ours = authority("our own");
    let ca = folder.write("ca.pem", &ours.pem);
    let trusting = ["--ca-file", ca.to_str().unwrap()];
    let mut expired = params("localhost");
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2021, 1, 1);
    let mut early = params("localhost");
    early.not_before = date_time_ymd(2100, 1, 1);
    early.not_after = date_time_ymd(2101, 1, 1);
    let own_key = KeyPair::generate().unwrap();
    let own = params("localhost").self_signed(&own_key).unwrap();
    let cases: [(&str, Identity, &[&str], &str); 6] = [
        (
            "wrong host",
            issued(&params("other.example"), &ours),
            &trusting,
            "not valid for name \"localhost\"",
        ),
        (
            "expired",
            issued(&expired, &ours),
            &trusting,
            "certificate expired",
        ),
        (
            "not yet valid",
            issued(&early, &ours),
            &trusting,
            "certificate not valid yet",
        ),
        (
            "self-signed",
            (own.der().clone(), own_key),
            &trusting,
            "issuer is unknown, or it is self-signed",
        ),
        (
            "unknown issuer",
            issued(&params("localhost"), &authority("somebody else")),
            &trusting,
            "issuer is unknown, or it is self-signed",
        ),
        (
            "issuer not named",
            issued(&params("localhost"), &ours),
            &[],
            "issuer is unknown, or it is self-signed",
        ),
    ];
    for (what, identity, args, wanted) in cases {
        let port = serve(identity);
        let run = tick(&folder, &format!("https://localhost:{port}"), args);
        println!("{what}: {}", run.stderr);
        assert_eq!(run.code, 1, "{what}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{what}: {}", run.stderr);
    }
}

#[test]
fn a_private_authority_is_admitted_where_it_is_named() {
    let folder = Folder::new();
    let ours = authority("our own");
    let ca = folder.write("ca.pem", &ours.pem);
    let port = serve(issued(&params("localhost"), &ours));
    let site = format!("https://localhost:{port}");
    let run = tick(&folder, &site, &["--ca-file", ca.to_str().unwrap()]);
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
        let run = tick(&folder, site, &[]);
        assert_eq!(run.code, 2, "{site}: {}", run.stderr);
        assert!(run.stderr.contains("loopback"), "{site}: {}", run.stderr);
    }
}
