//! Calls through a proxy: which one the environment names, and what is told of its failures.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;
#[path = "common/secure.rs"]
mod secure;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use common::{Finished, Folder, Platform, Run as _};
use dialpace::http::Proxy as Chosen;
use secure::{Authority, Ends, HOST, Proxy, Tunnel, read_message};

/// User and password as they stand in an address, and the header that they make.
const CREDENTIALS: &str = "pa%63er:canary%2Fpass%3Aword@";
const AUTHORIZATION: &str = "Basic cGFjZXI6Y2FuYXJ5L3Bhc3M6d29yZA==";

/// A platform behind TLS, which nobody reaches but through a proxy.
struct Hidden {
    folder: Folder,
    platform: Platform,
    ours: Authority,
    ca: PathBuf,
    port: u16,
}

impl Hidden {
    fn start() -> Self {
        let folder = Folder::new();
        let platform = Platform::start();
        let ours = Authority::new("our own");
        let ca = folder.write("ca.pem", &ours.pem);
        let address = platform.address();
        let config = secure::config(&ours.identity(HOST));
        let port = secure::listen_tls(config, move |stream| {
            secure::relay(stream, address, Ends::Never);
        });
        Self {
            folder,
            platform,
            ours,
            ca,
            port,
        }
    }

    fn tick(&self, args: &[&str], environment: &[(&str, &str)]) -> Finished {
        let trusting = ["--ca-file", self.ca.to_str().unwrap()];
        let mut tick = self
            .folder
            .tick(&self.platform, &[&trusting, args].concat());
        let run = tick
            .env("CXONE_SITE", format!("https://{HOST}"))
            .envs(environment.iter().copied())
            .finish();
        for text in [&run.stdout, &run.stderr] {
            let hides = !text.contains("canary") && !text.contains("cGFjZXI6");
            assert!(hides, "the password is in: {text}");
        }
        run
    }
}

#[test]
fn every_call_goes_through_the_proxy_and_only_the_proxy_gets_its_password() {
    let hidden = Hidden::start();
    let proxy = Proxy::to(hidden.port);
    let address = format!("http://{CREDENTIALS}127.0.0.1:{}/", proxy.port);
    let warehouse = format!("https://{HOST}:8443/warehouse");
    let args = ["--dw-endpoint", &warehouse, "--verbose"];
    hidden.tick(&args, &[("HTTPS_PROXY", &address)]).expect(0);
    assert_eq!(hidden.platform.world().applied, [34]);
    assert_eq!(hidden.platform.world().records.len(), 1);
    let heads = proxy.heads();
    let to_warehouse = heads.iter().filter(|head| {
        head.starts_with(&format!(
            "CONNECT {HOST}:8443 HTTP/1.1\r\nHost: {HOST}:8443\r\n"
        ))
    });
    assert_eq!(to_warehouse.count(), 1, "{heads:?}");
    for head in &heads {
        assert!(head.starts_with(&format!("CONNECT {HOST}:")), "{head}");
        let authorization = format!("\r\nProxy-Authorization: {AUTHORIZATION}\r\n");
        assert!(head.contains(&authorization), "{head}");
        assert!(!head.contains("Bearer"), "{head}");
    }
    for request in &hidden.platform.world().requests {
        assert_eq!(request.header("proxy-authorization"), "");
    }
}

#[test]
fn a_proxy_may_be_reached_over_tls() {
    let hidden = Hidden::start();
    let port = hidden.port;
    let config = secure::config(&hidden.ours.identity("localhost"));
    let proxy = Proxy::start_secure(config, move |_| Tunnel::To(port));
    let address = format!("https://{CREDENTIALS}localhost:{}", proxy.port);
    hidden.tick(&[], &[("https_proxy", &address)]).expect(0);
    assert_eq!(hidden.platform.world().applied, [34]);
    assert!(!proxy.heads().is_empty());
}

/// As curl has it: `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY`; an empty one is none.
#[test]
fn the_environment_names_the_proxy() {
    // (variables, the address called, the proxy and its variable)
    let table = "
        https_proxy=http://a:1 HTTPS_PROXY=http://b:2 ALL_PROXY=http://c:3   https://x.example   a:1 https_proxy
        HTTPS_PROXY=http://b:2 all_proxy=http://c:3 ALL_PROXY=http://d:4     https://x.example   b:2 HTTPS_PROXY
        all_proxy=http://c:3 ALL_PROXY=http://d:4                            https://x.example   c:3 all_proxy
        ALL_PROXY=http://d:4                                                 https://x.example   d:4 ALL_PROXY
        https_proxy= ALL_PROXY=http://d:4                                    https://x.example   d:4 ALL_PROXY
        HTTP_PROXY=http://e:5 http_proxy=http://f:6                          https://x.example   none
        HTTPS_PROXY=a                                                        https://x.example   a:1080 HTTPS_PROXY
        HTTPS_PROXY=a:3128                                                   https://x.example   a:3128 HTTPS_PROXY
        HTTPS_PROXY=HTTP://A.Example:3128/                                   https://x.example   A.Example:3128 HTTPS_PROXY
        HTTPS_PROXY=https://a                                                https://x.example   a:443 HTTPS_PROXY
        HTTPS_PROXY=user:pw@a:8                                              https://x.example   a:8 HTTPS_PROXY
        HTTPS_PROXY=http://user:p@w@a:8                                      https://x.example   a:8 HTTPS_PROXY
        HTTPS_PROXY=http://[::1]:8                                           https://x.example   [::1]:8 HTTPS_PROXY
    ";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace().peekable();
        let mut environment = BTreeMap::new();
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            environment.insert(name.to_owned(), value.to_owned());
            words.next();
        }
        let url = words.next().unwrap();
        let wanted = match (words.next().unwrap(), words.next()) {
            (address, Some(variable)) => format!("the proxy {address} from {variable}"),
            _ => "none".to_owned(),
        };
        let chosen = Chosen::for_url(url, &environment).unwrap();
        let chosen = chosen.map_or("none".to_owned(), |proxy| proxy.to_string());
        assert_eq!(chosen, wanted, "{line}");
    }
}

#[test]
fn hosts_are_exempt_by_name_domain_address_and_range() {
    // (the list, the address called, whether it is exempt)
    let table = [
        ("api.example", "https://api.example", true),
        ("api.example", "https://API.Example./x", true),
        ("API.EXAMPLE.", "https://api.example", true),
        ("example", "https://api.example", true),
        (".example", "https://api.example", true),
        (".api.example", "https://api.example", true),
        ("*.example", "https://api.example", true),
        ("pi.example", "https://api.example", false),
        ("api.exampl", "https://api.example", false),
        ("other.example,api.example", "https://api.example", true),
        ("other.example , api.example ", "https://api.example", true),
        ("other.example api.example", "https://api.example", true),
        (",,api.example", "https://api.example", true),
        ("*", "https://api.example", true),
        ("other, *", "https://api.example", true),
        (".", "https://api.example", false),
        (" , ", "https://api.example", false),
        ("api.example:443", "https://api.example", true),
        ("api.example:8443", "https://api.example", false),
        ("api.example:8443", "https://api.example:8443", true),
        ("api.example:x", "https://api.example", false),
        ("api.example", "https://api.example:8443", true),
        ("10.1.2.3", "https://10.1.2.3", true),
        ("10.1.2.3:443", "https://10.1.2.3", true),
        ("10.0.0.0/8", "https://10.1.2.3", true),
        ("10.0.0.0/16", "https://10.1.2.3", false),
        ("10.1.2.3/32", "https://10.1.2.3", true),
        ("0.0.0.0/0", "https://10.1.2.3", true),
        ("10.0.0.0/33", "https://10.1.2.3", false),
        ("10.0.0.0/x", "https://10.1.2.3", false),
        ("2.3", "https://10.1.2.3", false),
        ("0.0.0.0/0", "https://api.example", false),
        ("2001:db8::1", "https://[2001:db8::1]", true),
        ("[2001:db8::1]", "https://[2001:db8::1]:8443", true),
        ("[2001:db8::1]:443", "https://[2001:db8::1]:8443", false),
        ("2001:db8::/32", "https://[2001:db8::1]", true),
        ("2001:db9::/32", "https://[2001:db8::1]", false),
        ("::/0", "https://10.1.2.3", false),
    ];
    for (list, url, is_exempt) in table {
        for name in ["no_proxy", "NO_PROXY"] {
            let environment = [("ALL_PROXY", "http://p:1"), (name, list)];
            let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            let environment: BTreeMap<String, String> = environment.map(own).into();
            let chosen = Chosen::for_url(url, &environment).unwrap();
            assert_eq!(chosen.is_none(), is_exempt, "{name}={list:?} {url}");
        }
    }
}

#[test]
fn an_address_that_is_no_proxy_is_refused_before_anything_is_sent() {
    let malformed =
        "it is not the address of a proxy, http://HOST:PORT or http://USER:PASSWORD@HOST:PORT";
    let socks = |scheme: &str| {
        format!("{scheme}:// names a SOCKS proxy, and only http and https proxies are supported")
    };
    let cases = [
        ("socks5://127.0.0.1:1080", socks("socks5")),
        ("socks5h://canary:canary@127.0.0.1", socks("socks5h")),
        ("SOCKS4a://127.0.0.1", socks("socks4a")),
        ("socks://127.0.0.1", socks("socks")),
        (
            "ftp://canary@127.0.0.1",
            "its scheme is not that of a proxy".to_owned(),
        ),
        (
            "canarycanary://127.0.0.1",
            "its scheme is not that of a proxy".to_owned(),
        ),
        ("http://", malformed.to_owned()),
        ("http://:8080", malformed.to_owned()),
        ("http://canary:canary@", malformed.to_owned()),
        ("http://127.0.0.1:99999", malformed.to_owned()),
        ("http://127.0.0.1:0", malformed.to_owned()),
        ("http://127.0.0.1:", malformed.to_owned()),
        ("http://127.0.0.1:canary", malformed.to_owned()),
        ("http://127.0.0.1:80:80", malformed.to_owned()),
        ("http://127.0.0.1:8080/proxy.pac", malformed.to_owned()),
        ("http://user:can/ary@127.0.0.1:8080", malformed.to_owned()),
        ("http://user:8080/canary@127.0.0.1", malformed.to_owned()),
        ("http://user:can#ary@127.0.0.1:8080", malformed.to_owned()),
        ("http://user:8080#canary@127.0.0.1", malformed.to_owned()),
        ("http://user:8080?canary@127.0.0.1", malformed.to_owned()),
        ("http://user:8080\\canary@127.0.0.1", malformed.to_owned()),
        ("http://us er:canary@127.0.0.1:8080", malformed.to_owned()),
        ("http://user:%ff%fe@127.0.0.1:8080", malformed.to_owned()),
        ("http:/127.0.0.1:8080", malformed.to_owned()),
        ("\u{fffd}", malformed.to_owned()),
    ];
    for (address, wanted) in cases {
        for variable in ["HTTPS_PROXY", "all_proxy"] {
            let hidden = Hidden::start();
            let run = hidden
                .tick(&["--verbose"], &[(variable, address)])
                .expect(2);
            let wanted = format!("error: {variable} in the environment: {wanted}");
            assert!(
                run.error().starts_with(&wanted),
                "{address}: {}",
                run.stderr
            );
            assert!(!run.stderr.contains("ms ["), "{address}: {}", run.stderr);
        }
    }
    // For the warehouse alone, the platform being on this machine.
    let folder = Folder::new();
    let platform = Platform::start();
    let args = ["--dw-endpoint", "https://warehouse.example/x"];
    let mut tick = folder.tick(&platform, &args);
    let run = tick.env("ALL_PROXY", "socks5://h").finish().expect(2);
    assert!(run.error().contains("ALL_PROXY"), "{}", run.stderr);
    assert!(platform.calls().is_empty());
}

#[test]
fn this_machine_needs_no_proxy() {
    let folder = Folder::new();
    let platform = Platform::start();
    for address in ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "nonsense://"] {
        let mut tick = folder.tick(&platform, &["--dw-endpoint", &platform.warehouse()]);
        for name in [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
        ] {
            tick.env(name, address);
        }
        tick.finish().expect(0);
    }
    let mut sandbox = folder.dialpace(&["tick", "--sandbox"]);
    sandbox.env("ALL_PROXY", "socks5://h").finish().expect(0);
}

#[test]
fn an_exempt_host_is_called_directly() {
    let hidden = Hidden::start();
    let proxy = Proxy::to(hidden.port);
    let environment = [("HTTPS_PROXY", proxy.url()), ("NO_PROXY", HOST.to_owned())];
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let run = hidden.tick(&["--retries", "0"], &environment).expect(1);
    // Nobody has this name, so that the call fails.
    assert!(
        run.error()
            .contains(&format!("no connection to {HOST}: its name")),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("the proxy"), "{}", run.stderr);
    assert!(proxy.heads().is_empty());
}

/// Each failure names the proxy and the variable; what a second try cannot change is not retried.
#[test]
fn a_failure_through_a_proxy_names_it() {
    let hidden = Hidden::start();
    let refused =
        |status: &str| Tunnel::Answer(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
    let stranger = Authority::new("somebody else");
    let strange = secure::listen_tls(secure::config(&stranger.identity(HOST)), |stream| {
        let _ = read_message(stream, &mut Vec::new());
    });
    let mute = secure::listen_tls(secure::config(&hidden.ours.identity(HOST)), |stream| {
        let _ = read_message(stream, &mut Vec::new());
    });
    let cut = secure::listen_tls(secure::config(&hidden.ours.identity(HOST)), |stream| {
        if read_message(stream, &mut Vec::new()).is_some() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
            let _ = stream.flush();
        }
    });
    let garbled = secure::listen_tls(secure::config(&hidden.ours.identity(HOST)), |stream| {
        if read_message(stream, &mut Vec::new()).is_some() {
            let _ = stream.write_all(b"HTTP/1.1 abc\r\n\r\n");
            let _ = stream.flush();
        }
    });
    let plain = secure::listen(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let check = "check HTTPS_PROXY; a host that needs no proxy is named in NO_PROXY";
    let exempt = "have the host allowed there; a host that needs no proxy is named in NO_PROXY";
    let down = "check the host and the port; likely it is down, or the proxy does not find it";
    // (what the proxy does, tries of two, exit code, the message, in which PROXY stands for its name)
    let cases = [
        (refused("407 Proxy Authentication Required"), 1, 1, format!("no connection to {HOST}: PROXY refuses the user name or the password (HTTP 407); correct them in HTTPS_PROXY")),
        (refused("403 Forbidden"), 1, 1, format!("no connection to {HOST}: PROXY does not permit connections to this host (HTTP 403); {exempt}")),
        (
            refused("401 Unauthorized"),
            1,
            1,
            format!("no connection to {HOST}: PROXY refuses the user name or the password (HTTP 401); correct them in HTTPS_PROXY"),
        ),
        (refused("400 Bad Request"), 1, 1, format!("no connection to {HOST}: PROXY opened no connection (HTTP 400); check HTTPS_PROXY")),
        (refused("302 Found"), 1, 1, format!("no connection to {HOST}: PROXY opened no connection (HTTP 302); check HTTPS_PROXY")),
        (refused("502 Bad Gateway"), 2, 1, format!("no connection to {HOST}: PROXY cannot reach this host (HTTP 502) (2 tries); {down}")),
        (refused("503 Service Unavailable"), 2, 1, format!("no connection to {HOST}: PROXY cannot reach this host (HTTP 503) (2 tries); {down}")),
        (Tunnel::Answer("SSH-2.0-OpenSSH_9.6\r\n\r\n".to_owned()), 2, 1, format!("no connection to {HOST}: PROXY does not answer as a proxy; likely another program listens there (2 tries); check HTTPS_PROXY")),
        (Tunnel::Answer(String::new()), 2, 1, format!("no connection to PROXY: the connection was closed before it answered (2 tries); {check}")),
        (Tunnel::Answer("HTTP/1.1 200 OK\r\n".to_owned()), 2, 1, format!("no connection to PROXY: the connection was closed before it answered (2 tries); {check}")),
        (Tunnel::To(strange), 1, 1, "no secure connection: the issuer of its certificate is unknown, or it is self-signed (through PROXY); if a private authority issued it, name its certificate with --ca-file".to_owned()),
        (Tunnel::To(plain), 1, 1, "no secure connection: what it sends is not TLS; likely this port is for plain http (through PROXY); check the host, the port and the server's certificate".to_owned()),
        (Tunnel::To(mute), 2, 1, "no answer: the connection was closed before an answer came (through PROXY) (2 tries)".to_owned()),
        (Tunnel::To(cut), 2, 1, "no answer: the connection was closed before the whole answer had come (through PROXY) (2 tries)".to_owned()),
        (Tunnel::To(garbled), 1, 5, "unusable answer: its status line is malformed (through PROXY)".to_owned()),
    ];
    for (does, tries, code, wanted) in cases {
        let shown = format!("{does:?}");
        let proxy = Proxy::start(move |_| does.clone());
        let address = format!("http://{CREDENTIALS}127.0.0.1:{}", proxy.port);
        let run = hidden.tick(&["--retries", "1"], &[("HTTPS_PROXY", &address)]);
        let name = format!("the proxy 127.0.0.1:{} from HTTPS_PROXY", proxy.port);
        let wanted = wanted
            .replace("PROXY", "\0")
            .replace("HTTPS_\0", "HTTPS_PROXY");
        let wanted = wanted.replace("NO_\0", "NO_PROXY").replace('\0', &name);
        assert_eq!(
            run.error(),
            format!("error: token request: {wanted}; no dial rate was set"),
            "{shown}"
        );
        assert_eq!((run.code, proxy.heads().len()), (code, tries), "{shown}");
        for line in run.stderr.lines() {
            assert!(line.contains(&name), "{line}");
        }
    }
    // Without a password, it is asked for.
    let proxy = Proxy::start(move |_| refused("407 Proxy Authentication Required"));
    let run = hidden.tick(&[], &[("ALL_PROXY", &proxy.url())]).expect(1);
    assert!(
        run.error().contains("from ALL_PROXY wants a user name and a password (HTTP 407); write them into ALL_PROXY: http://USER:PASSWORD@HOST:PORT"),
        "{}",
        run.stderr
    );
    // Nobody there, and a name that nobody has.
    let name = format!("{}.example", "a".repeat(64));
    for (address, wanted) in [
        ("http://127.0.0.1:1".to_owned(), "no connection to the proxy 127.0.0.1:1 from all_proxy: the connection was refused; likely nothing listens on this port; check all_proxy".to_owned()),
        (format!("http://{name}:1"), format!("no connection to the proxy {name}:1 from all_proxy: its name cannot be resolved; likely it is misspelled, or no name server answers; check all_proxy")),
    ] {
        let run = hidden.tick(&["--retries", "0"], &[("all_proxy", &address)]).expect(1);
        assert!(run.error().contains(&wanted), "{}", run.stderr);
    }
}

/// Neither silence nor an answer in drops holds a call longer than a connection may take.
#[test]
fn a_proxy_that_does_not_answer_costs_bounded_time() {
    for does in [Tunnel::Hang, Tunnel::Drip] {
        let hidden = Hidden::start();
        let shown = format!("{does:?}");
        let proxy = Proxy::start(move |_| does.clone());
        let args = ["--retries", "0", "--deadline", "1s"];
        let run = hidden
            .tick(&args, &[("HTTPS_PROXY", &proxy.url())])
            .expect(1);
        let name = format!(
            "no connection to the proxy 127.0.0.1:{} from HTTPS_PROXY: no answer within ",
            proxy.port
        );
        assert!(run.error().contains(&name), "{shown}: {}", run.stderr);
    }
}

/// A proxy whose own TLS fails.
#[test]
fn a_proxy_that_is_not_secure_is_named() {
    let hidden = Hidden::start();
    let stranger = Authority::new("somebody else");
    let proxy = Proxy::start_secure(secure::config(&stranger.identity("localhost")), |_| {
        Tunnel::Hang
    });
    let address = format!("https://localhost:{}", proxy.port);
    let run = hidden
        .tick(&["--retries", "0"], &[("HTTPS_PROXY", &address)])
        .expect(1);
    let wanted = format!(
        "no secure connection: the issuer of its certificate is unknown, or it is self-signed (the proxy localhost:{} from HTTPS_PROXY); if",
        proxy.port
    );
    assert!(run.error().contains(&wanted), "{}", run.stderr);
    assert!(proxy.heads().is_empty(), "its password was not sent");
}

/// A proxy that others wrote, run by `scripts/proxy`.
mod real {
    use std::net::TcpStream;
    use std::process::{Child, Command, Stdio};

    use super::*;

    struct TinyProxy {
        child: Child,
        port: u16,
    }

    impl TinyProxy {
        fn start(folder: &Folder, settings: &str) -> Self {
            let port = free_port();
            let text =
                format!("Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\n{settings}");
            let path = folder.write("tinyproxy.conf", text);
            let child = Command::new("tinyproxy")
                .args(["-d", "-c", path.to_str().unwrap()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                std::thread::yield_now();
            }
            Self { child, port }
        }

        fn address(&self, credentials: &str) -> String {
            format!("http://{credentials}127.0.0.1:{}", self.port)
        }
    }

    impl Drop for TinyProxy {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    /// A port that was free a moment ago.
    fn free_port() -> u16 {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    /// A platform at an address of this machine that is none of loopback to us.
    struct Site {
        hidden: Hidden,
        url: String,
    }

    impl Site {
        fn start() -> Self {
            let hidden = Hidden::start();
            let address = hidden.platform.address();
            let config = secure::config(&hidden.ours.identity("0.0.0.0"));
            let port = secure::listen_tls(config, move |stream| {
                secure::relay(stream, address, Ends::AtSecondRequest);
            });
            let url = format!("https://0.0.0.0:{port}");
            Self { hidden, url }
        }

        fn tick(&self, args: &[&str], proxy: &str) -> Finished {
            let warehouse = format!("{}/warehouse", self.url);
            let trusting = ["--ca-file", self.hidden.ca.to_str().unwrap()];
            let args = [&trusting, &["--dw-endpoint", &warehouse], args].concat();
            let mut tick = self.hidden.folder.tick(&self.hidden.platform, &args);
            let tick = tick.env("CXONE_SITE", &self.url);
            tick.env("HTTPS_PROXY", proxy).finish()
        }
    }

    #[test]
    #[ignore = "needs tinyproxy: scripts/proxy"]
    fn a_real_proxy_carries_every_call() {
        for (settings, credentials) in [
            ("", ""),
            ("BasicAuth pacer canary-pass\n", "pacer:canary-pass@"),
        ] {
            let site = Site::start();
            let proxy = TinyProxy::start(&site.hidden.folder, settings);
            for agents in [40, 20, 60] {
                site.hidden.platform.world().agents = agents;
                site.tick(&["--verbose"], &proxy.address(credentials))
                    .expect(0);
            }
            let world = site.hidden.platform.world();
            assert_eq!((world.applied.len(), world.records.len()), (3, 3));
        }
    }

    #[test]
    #[ignore = "needs tinyproxy: scripts/proxy"]
    fn what_a_real_proxy_refuses_is_told() {
        let site = Site::start();
        let auth = "BasicAuth pacer canary-pass\n";
        let closed = free_port();
        let cases = [
            (auth, "", "wants a user name and a password (HTTP 407)"),
            (
                auth,
                "pacer:canary-wrong@",
                "refuses the user name or the password (HTTP 40",
            ),
            (
                "ConnectPort 1\n",
                "",
                "does not permit connections to this host (HTTP 403)",
            ),
        ];
        for (settings, credentials, wanted) in cases {
            let proxy = TinyProxy::start(&site.hidden.folder, settings);
            let run = site.tick(&[], &proxy.address(credentials)).expect(1);
            let name = format!("the proxy 127.0.0.1:{} from HTTPS_PROXY ", proxy.port);
            assert!(run.error().contains(&(name + wanted)), "{}", run.stderr);
            assert!(!run.stderr.contains("canary"), "{}", run.stderr);
        }
        let proxy = TinyProxy::start(&site.hidden.folder, "");
        let elsewhere = Site {
            url: format!("https://0.0.0.0:{closed}"),
            ..site
        };
        let run = elsewhere
            .tick(&["--retries", "0"], &proxy.address(""))
            .expect(1);
        assert!(
            run.error().contains(" cannot reach this host (HTTP 5"),
            "{}",
            run.stderr
        );
    }
}
