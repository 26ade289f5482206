//! Files: what stands where the program reads and writes, whoever put it there.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{CAMPAIGN, Call, Finished, Folder, Platform, Run, SECRET, finished};

/// What can stand at a name instead of a regular file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Pipe,
    /// A pipe that somebody holds open and never writes to.
    HeldPipe,
    Socket,
    Folder,
    Link,
    HardLink,
    Device,
    /// A file that everyone may read and write.
    Shared,
}

use Kind::{Device, Folder as Directory, HardLink, HeldPipe, Link, Pipe, Shared, Socket};

const EVERY_KIND: [Kind; 8] = [
    Pipe, HeldPipe, Socket, Directory, Link, HardLink, Device, Shared,
];

/// Content of the file that links lead to.
const VICTIM: &str = "a file of somebody else";

/// Puts it at `path`; links lead to `victim`. It is there as long as the result is kept.
fn plant(kind: Kind, path: &Path, victim: &Path) -> Option<fs::File> {
    let run = |program: &str, args: &[&str]| {
        let status = Command::new(program).args(args).arg(path).status();
        assert!(status.unwrap().success());
    };
    match kind {
        Pipe => run("mkfifo", &[]),
        HeldPipe => {
            run("mkfifo", &[]);
            let held = fs::File::options().read(true).write(true).open(path);
            return Some(held.unwrap());
        }
        Socket => drop(UnixListener::bind(path).unwrap()),
        Directory => fs::create_dir(path).unwrap(),
        Link => symlink(victim, path).unwrap(),
        HardLink => fs::hard_link(victim, path).unwrap(),
        Device => symlink("/dev/zero", path).unwrap(),
        Shared => {
            fs::File::create(path).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
        }
    }
    None
}

/// Runs to the end, which `timeout` forces long after every deadline of these tests.
#[track_caller]
fn without_hanging(command: &mut Command) -> Finished {
    let mut guarded = Command::new("timeout");
    guarded
        .args(["--signal", "KILL", "60"])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            guarded.env(name, value);
        }
    }
    guarded.env("PATH", std::env!("PATH"));
    guarded.current_dir(command.get_current_dir().unwrap());
    let run = finished(&guarded.output().unwrap());
    assert!(run.code >= 0 && run.code != 137, "it hangs: {}", run.stderr);
    run
}

#[track_caller]
fn assert_private(path: &Path) {
    let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "{}", path.display());
}

#[test]
fn nothing_planted_beside_the_state_is_followed_waited_for_or_left_readable() {
    let platform = Platform::start();
    for helper in [".tmp", ".lock", ".token", ".token.tmp"] {
        for kind in EVERY_KIND {
            let folder = Folder::new();
            let victim = folder.write("victim", VICTIM);
            let name = format!("state.json{helper}");
            let _planted = plant(kind, &folder.path(&name), &victim);
            let case = format!("{kind:?} at {name}");
            let run = without_hanging(&mut folder.tick(&platform, &["--deadline", "5s"]));
            let is_usable = matches!(kind, Shared | HardLink);
            let stops = match helper {
                // A lock has no content, so that of a file with two names serves as well.
                ".lock" => !is_usable,
                ".tmp" => kind == Directory,
                _ => false,
            };
            assert_eq!(run.code, i32::from(stops), "{case}: {}", run.stderr);
            if stops {
                let error = run.error();
                assert!(error.contains(&name), "{case}: {error}");
                assert!(
                    error.contains("not a regular file: remove it"),
                    "{case}: {error}"
                );
            }
            if helper == ".token" && !is_usable {
                assert!(
                    run.stderr.contains("is not usable: it is "),
                    "{case}: {}",
                    run.stderr
                );
            }
            assert_eq!(folder.read("victim"), VICTIM, "{case}");
            for own in ["state.json", "state.json.token", "state.json.lock"] {
                let metadata = fs::symlink_metadata(folder.path(own));
                let is_whole = metadata.is_ok_and(|m| m.is_file() && m.nlink() == 1);
                if is_whole {
                    assert_private(&folder.path(own));
                }
            }
            // So that no link to the victim stays for the next look.
            fs::remove_file(victim).unwrap();
        }
    }
}

#[test]
fn a_planted_temporary_file_of_an_output_is_not_written_through() {
    for kind in EVERY_KIND {
        let folder = Folder::new();
        let victim = folder.write("victim", VICTIM);
        let history = folder.write("history.csv", HISTORY);
        let outputs = ["trace.csv", "report.html", "decisions.csv", "metrics.prom"];
        let planted: Vec<_> = outputs
            .iter()
            .map(|output| plant(kind, &folder.path(&format!("{output}.tmp")), &victim))
            .collect();
        let simulate =
            "simulate --hours 0.1 --replications 1 --quiet --trace trace.csv --report report.html";
        let backtest = "backtest history.csv --quiet --output decisions.csv";
        let tick = "tick --sandbox --quiet --state state.json --metrics-file metrics.prom";
        for command in [simulate, backtest, tick] {
            let args: Vec<&str> = command.split(' ').collect();
            let run = without_hanging(&mut folder.dialpace(&args));
            let is_done = kind != Directory || command == tick;
            assert_eq!(
                run.code,
                i32::from(!is_done),
                "{kind:?}: {command}: {}",
                run.stderr
            );
            if kind == Directory {
                assert!(
                    run.stderr.contains(".tmp: it is a folder"),
                    "{}",
                    run.stderr
                );
            }
        }
        for output in outputs.iter().filter(|_| kind != Directory) {
            let metadata = fs::symlink_metadata(folder.path(output)).unwrap();
            assert!(
                metadata.is_file() && metadata.nlink() == 1,
                "{kind:?}: {output}"
            );
            assert_eq!(
                metadata.permissions().mode() & 0o022,
                0,
                "{kind:?}: {output}"
            );
            let left = folder.path(&format!("{output}.tmp"));
            assert!(fs::symlink_metadata(left).is_err(), "{kind:?}: {output}");
        }
        assert_eq!(folder.read("victim"), VICTIM, "{kind:?}");
        assert!(history.exists());
        drop(planted);
    }
}

#[test]
fn what_is_no_file_is_named_as_what_it_is() {
    let platform = Platform::start();
    // The name, the argument that names it, and how the message begins.
    let inputs = [
        (
            "c.toml",
            "--config",
            "--config: c.toml cannot be read: it is ",
        ),
        (
            "secret",
            "--client-secret-file",
            "--client-secret-file: secret cannot be read: it is ",
        ),
        (
            "ca.pem",
            "--ca-file",
            "--ca-file: ca.pem cannot be read: it is ",
        ),
        (
            "env",
            "--env-file",
            "--env-file: env cannot be read: it is ",
        ),
        ("state.json", "--state", "state.json"),
    ];
    for (name, flag, message) in inputs {
        for kind in [Pipe, HeldPipe, Socket, Directory, Device] {
            let folder = Folder::new();
            let _planted = plant(kind, &folder.path(name), Path::new(""));
            let args = ["--deadline", "2s", flag, name];
            let mut command = folder.dialpace(&[&["tick"], args.as_slice()].concat());
            let command = command
                .env("CXONE_SITE", platform.site())
                .env("CXONE_CLIENT_ID", "client-1")
                .env("CAMPAIGN_ID", CAMPAIGN);
            if flag != "--client-secret-file" {
                command.env("CXONE_CLIENT_SECRET", SECRET);
            }
            let run = without_hanging(command).expect(2);
            let is_link_to_device = kind == Device && name == "state.json";
            let wanted = if is_link_to_device {
                "/dev/zero"
            } else {
                message
            };
            assert!(
                run.error().contains(wanted),
                "{kind:?} at {name}: {}",
                run.stderr
            );
            assert!(platform.calls().is_empty());
        }
    }
    for (kind, words) in [
        (Pipe, "nothing came"),
        (HeldPipe, "whose writer does not end"),
    ] {
        let folder = Folder::new();
        let _planted = plant(kind, &folder.path("world.toml"), Path::new(""));
        let mut simulate = folder.dialpace(&["simulate", "world.toml"]);
        let run = without_hanging(simulate.env("DIALPACE_DEADLINE", "1s")).expect(2);
        assert!(
            run.error().contains("scenario world.toml cannot be read"),
            "{}",
            run.stderr
        );
        assert!(run.error().contains(words), "{}", run.stderr);
    }
}

#[test]
fn a_dot_env_that_is_no_file_stops_nothing_and_is_told() {
    for kind in [Pipe, HeldPipe, Socket, Directory, Device] {
        let folder = Folder::new();
        let _planted = plant(kind, &folder.path(".env"), Path::new(""));
        for command in [
            "tick --sandbox --dry-run",
            "simulate --hours 0.1 --replications 1",
        ] {
            let args: Vec<&str> = command.split(' ').collect();
            let run = without_hanging(&mut folder.dialpace(&args)).expect(0);
            let message = "/.env is not a regular file and was passed over";
            assert!(run.stderr.contains(message), "{kind:?}: {}", run.stderr);
        }
    }
}

#[test]
fn a_huge_file_is_refused_by_its_size() {
    let folder = Folder::new();
    let huge = fs::File::create(folder.path("huge")).unwrap();
    huge.set_len(3_000_000_000).unwrap();
    let dry_run = ["--sandbox", "--dry-run"];
    let real = [
        "--site",
        "127.0.0.1:1",
        "--client-id",
        "id",
        "--campaign-id",
        "1",
        "--dry-run",
    ];
    let size = "it has 3000000000 bytes, and at most 4194304 are read";
    let refuse = |args: &[&str]| {
        let run = without_hanging(&mut folder.dialpace(args)).expect(2);
        assert!(run.error().contains(size), "{args:?}: {}", run.stderr);
    };
    for flag in ["--config", "--env-file", "--ca-file"] {
        refuse(&[&["tick", flag, "huge"], dry_run.as_slice()].concat());
    }
    refuse(&[&["tick", "--client-secret-file", "huge"], real.as_slice()].concat());
    refuse(&["tick", "--sandbox", "huge", "--dry-run"]);
    refuse(&["simulate", "huge"]);
    fs::rename(folder.path("huge"), folder.path(".env")).unwrap();
    refuse(&["tick", "--sandbox", "--dry-run"]);
    // `Folder` reads every file at its end.
    fs::remove_file(folder.path(".env")).unwrap();
}

#[test]
fn a_secret_may_come_through_a_pipe_and_be_late() {
    let folder = Folder::new();
    let platform = Platform::start();
    let with_secret = |commands: &str| {
        let script = format!("exec \"$0\" \"$@\" --client-secret-file <({commands})");
        let mut tick = folder.tick(&platform, &[]);
        let args: Vec<_> = tick.get_args().map(ToOwned::to_owned).collect();
        let program = tick.get_program().to_owned();
        let mut bash = Command::new("bash");
        bash.args(["-c", &script]).arg(program).args(args);
        tick.env_remove("CXONE_CLIENT_SECRET");
        for (name, value) in tick.get_envs() {
            if let Some(value) = value {
                bash.env(name, value);
            }
        }
        bash.current_dir(folder.path(""))
            .env("SECRET", SECRET)
            .finish()
    };
    with_secret("printf %s \"$SECRET\"").expect(0);
    with_secret("sleep 0.2; printf '\\357\\273\\277%s\\r\\n' \"$SECRET\"").expect(0);
    let run = with_secret("true").expect(2);
    assert!(
        run.error().contains("a pipe from which nothing came"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_byte_order_mark_and_crlf_do_not_matter() {
    let folder = Folder::new();
    let platform = Platform::start();
    let mark = "\u{feff}";
    folder.write("secret", format!("{mark}{SECRET}\r\n"));
    folder.write(
        "c.toml",
        format!("{mark}max_dial_rate = 33\r\nmin_dial_rate = 5\r\n"),
    );
    folder.write(
        ".env",
        format!("{mark}TOLERANCE_MARGIN=0.5\r\nDIALPACE_WINDOW=\"3\"\r\n"),
    );
    let ca = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).unwrap();
    folder.write("ca.pem", format!("{mark}{}", ca.cert.pem()));
    let args = [
        "--client-secret-file",
        "secret",
        "--config",
        "c.toml",
        "--ca-file",
        "ca.pem",
        "--json",
    ];
    let mut tick = folder.tick(&platform, &args);
    let run = tick.env_remove("CXONE_CLIENT_SECRET").finish().expect(0);
    assert_eq!(run.json()["newDialRate"], 33, "{}", run.stdout);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    folder.write(
        "world.toml",
        format!("{mark}name = \"w\"\r\nhours = 0.1\r\n"),
    );
    folder
        .dialpace(&["simulate", "world.toml", "--replications", "1"])
        .finish()
        .expect(0);
    let utf16: Vec<u8> = "\u{feff}max_dial_rate = 33\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    folder.write("c.toml", utf16);
    let run = folder
        .tick(&platform, &["--config", "c.toml"])
        .finish()
        .expect(2);
    assert!(
        run.error().contains("it is UTF-16; save it as UTF-8"),
        "{}",
        run.stderr
    );
}

#[test]
fn lines_of_other_programs_stop_nothing() {
    let folder = Folder::new();
    let lines: &[&[u8]] = &[
        b"GREETING=hello world",
        b"QUOTE=it's fine",
        b"OPEN=\"never closed",
        b"PRIVATE_KEY=\"-----BEGIN KEY-----",
        b"abc=",
        b"-----END KEY-----\"",
        b"yaml: value",
        b"just words",
        b"=",
        b"LATIN=caf\xe9",
        b"PRICE=$5",
        b"\x00\x01",
        b"MAX_DIAL_RATE=42",
        b"SLA_TRESHOLD=0.5",
        b"export  TOLERANCE_MARGIN = '0.5'  # ours",
        b"LAST='",
    ];
    folder.write(".env", lines.join(&b"\n"[..]));
    let platform = Platform::start();
    platform.world().agents = 1_000;
    let run = folder.tick(&platform, &["--json"]).finish().expect(0);
    assert_eq!(run.json()["newDialRate"], 42);
    let warnings: Vec<&str> = run
        .stderr
        .lines()
        .filter(|l| l.starts_with("warning"))
        .collect();
    let nearest =
        "warning: SLA_TRESHOLD is not a setting and was ignored; did you mean SLA_THRESHOLD?";
    assert_eq!(warnings, [nearest]);
    // Of simulate and backtest too.
    let run = folder
        .dialpace(&["simulate", "--hours", "0.1", "--replications", "1"])
        .finish();
    assert!(run.expect(0).stderr.contains(nearest));
}

#[test]
fn a_setting_that_cannot_be_read_names_its_line() {
    let platform = Platform::start();
    for line in [
        "CXONE_CLIENT_SECRET",
        "export CXONE_CLIENT_SECRET",
        "CXONE_CLIENT_SECRET: x",
        "CXONE_CLIENT_SECRET = one two",
        "CXONE_CLIENT_SECRET=\"open",
        "CXONE_CLIENT_SECRET='two\nlines'",
        "MAX_DIAL_RATE 5",
    ] {
        let folder = Folder::new();
        folder.write(".env", format!("# settings\n\n{line}\n"));
        let run = folder.tick(&platform, &[]).finish().expect(2);
        assert!(
            run.error().contains("/.env:3: expected "),
            "{line}: {}",
            run.stderr
        );
    }
}

#[test]
fn a_dot_env_does_not_change_the_account_of_a_named_config() {
    let config = format!(
        "site = \"SITE\"\nclient_id = \"client-1\"\nclient_secret_file = \"secret\"\ncampaign_id = \"{CAMPAIGN}\"\ndw_endpoint = \"records.ndjson\"\n"
    );
    let without = |key: &str| -> String {
        let lines = config.lines().filter(|line| !line.starts_with(key));
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    // The config, the line of `.env`, and whether it is refused.
    let cases = [
        (config.clone(), "CXONE_SITE=http://127.0.0.1:1", true),
        (config.clone(), "CXONE_SITE=SITE", false),
        (config.clone(), "CXONE_CLIENT_ID=another", true),
        (config.clone(), "CXONE_CLIENT_SECRET=another", true),
        (config.clone(), "CXONE_CLIENT_SECRET_FILE=another", true),
        (config.clone(), "DIALPACE_CA_FILE=evil.pem", true),
        (config.clone(), "DW_ENDPOINT=other.ndjson", true),
        (config.clone(), "DW_ENDPOINT=records.ndjson", false),
        (config.clone(), "DW_HEADER_FILE=headers", true),
        (
            format!("dw_header_file = \"headers\"\n{config}"),
            "DW_HEADER_FILE=headers",
            false,
        ),
        (config.clone(), "DW_FORMAT=ndjson", false),
        (config.clone(), "MAX_DIAL_RATE=12", false),
        (without("dw_endpoint"), "DW_ENDPOINT=other.ndjson", true),
        (without("site"), "CXONE_SITE=SITE", true),
        (
            without("client_secret_file"),
            "CXONE_CLIENT_SECRET_FILE=secret",
            false,
        ),
        (
            "max_dial_rate = 12\n".to_owned(),
            "CXONE_SITE=SITE\nCXONE_CLIENT_ID=client-1\nCXONE_CLIENT_SECRET_FILE=secret\nCAMPAIGN_ID=camp-42",
            false,
        ),
    ];
    for (config, line, is_refused) in cases {
        let folder = Folder::new();
        let platform = Platform::start();
        folder.write("secret", SECRET);
        folder.write("headers", "X-Key: a-key\n");
        folder.write("c.toml", config.replace("SITE", &platform.site()));
        let line = line.replace("SITE=SITE", &format!("SITE={}", platform.site()));
        folder.write(".env", format!("{line}\n"));
        let mut command = folder.dialpace(&["tick", "--config", "c.toml", "--state", "s.json"]);
        let run = command.finish();
        if !is_refused {
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
            continue;
        }
        let run = run.expect(2);
        let name = line.split('=').next().unwrap();
        assert!(
            run.error().contains(&format!("{name} in ")),
            "{line}: {}",
            run.stderr
        );
        assert!(
            run.error().contains("with --env-file"),
            "{line}: {}",
            run.stderr
        );
        assert!(platform.calls().is_empty(), "{line}");
        assert!(!folder.path("s.json.lock").exists());
        // The environment is the operator's own, and `--env-file` says that the file is meant.
        command.env(name, "").finish().expect(2);
        if name == "CXONE_CLIENT_ID" {
            let again = command
                .env_remove(name)
                .args(["--env-file", ".env"])
                .finish();
            // It is asked for, so it is taken: the platform does not know this client.
            again.expect(3);
            assert_eq!(platform.count(Call::Token), 1);
        }
        let mut command = folder.dialpace(&["tick", "--config", "c.toml", "--state", "s.json"]);
        let run = command.args(["--env-file", "/dev/null"]).finish();
        assert!(!run.stderr.contains("--env-file"), "{line}: {}", run.stderr);
    }
}

#[test]
fn an_env_file_is_read_instead_of_the_one_in_the_folder() {
    let folder = Folder::new();
    let platform = Platform::start();
    platform.world().agents = 1_000;
    folder.write(".env", "MAX_DIAL_RATE=31\n");
    folder.write("other.env", "MAX_DIAL_RATE=32\n");
    let rate = |args: &[&str]| {
        let args = [&["--json", "--dry-run"], args].concat();
        let run = folder.tick(&platform, &args).finish().expect(0);
        run.json()["newDialRate"].as_u64().unwrap()
    };
    assert_eq!(rate(&[]), 31);
    assert_eq!(rate(&["--env-file", "other.env"]), 32);
    assert_eq!(rate(&["--env-file", "/dev/null"]), 100);
    let run = folder
        .tick(&platform, &["--env-file", "none.env"])
        .finish()
        .expect(2);
    assert!(
        run.error().contains("--env-file: none.env cannot be read"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_state_has_one_lock_whatever_name_leads_to_it() {
    let folder = Folder::new();
    let platform = Platform::start();
    for name in ["real", "link"] {
        fs::create_dir(folder.path(name)).unwrap();
    }
    symlink("../real/state.json", folder.path("link/state.json")).unwrap();
    symlink("link/state.json", folder.path("second.json")).unwrap();
    let tick = |state: &str| tick_at(&folder, &platform, state).finish();
    // The link leads nowhere yet.
    tick("second.json").expect(0);
    tick("real/state.json").expect(0);
    tick("link/state.json").expect(0);
    let lock = fs::File::open(folder.path("real/state.json.lock")).unwrap();
    lock.lock().unwrap();
    for state in ["real/state.json", "link/state.json", "second.json"] {
        let run = tick(state).expect(75);
        assert!(
            run.error().contains("another run holds the state file"),
            "{}",
            run.stderr
        );
    }
    for link in ["link/state.json", "second.json"] {
        assert!(
            fs::symlink_metadata(folder.path(link))
                .unwrap()
                .is_symlink()
        );
    }
    let mut names: Vec<String> = folder.files().into_iter().map(|(name, _)| name).collect();
    names.sort();
    let beside = ["", ".lock", ".token"].map(|suffix| format!("real/state.json{suffix}"));
    let links = ["link/state.json".to_owned(), "second.json".to_owned()];
    let mut wanted = [&links[..], &beside[..]].concat();
    wanted.sort();
    assert_eq!(names, wanted);
    symlink("circle.json", folder.path("circle.json")).unwrap();
    let run = tick("circle.json").expect(1);
    assert!(
        run.error().contains("leads back to itself"),
        "{}",
        run.stderr
    );
    fs::remove_file(folder.path("circle.json")).unwrap();
}

#[test]
fn an_output_that_is_a_link_is_written_where_it_leads() {
    let folder = Folder::new();
    for name in ["trace.csv", "report.html", "metrics.prom"] {
        symlink(format!("real-{name}"), folder.path(name)).unwrap();
    }
    let simulate =
        "simulate --hours 0.1 --replications 1 --quiet --trace trace.csv --report report.html";
    let tick = "tick --sandbox --quiet --state state.json --metrics-file metrics.prom";
    for command in [simulate, tick] {
        let args: Vec<&str> = command.split(' ').collect();
        folder.dialpace(&args).finish().expect(0);
    }
    for name in ["trace.csv", "report.html", "metrics.prom"] {
        assert!(
            fs::symlink_metadata(folder.path(name))
                .unwrap()
                .is_symlink(),
            "{name}"
        );
        assert!(folder.path(&format!("real-{name}")).is_file(), "{name}");
    }
}

/// As `docker run -v ./state.json:/state.json` does. Only root can mount.
#[test]
fn a_state_that_is_mounted_by_itself_says_what_to_mount() {
    let folder = Folder::new();
    let platform = Platform::start();
    tick_at(&folder, &platform, "host.json").finish().expect(0);
    fs::File::create(folder.path("state.json")).unwrap();
    let tick = folder.tick(&platform, &[]);
    let mut mounted = Command::new("unshare");
    mounted
        .args([
            "-m",
            "sh",
            "-c",
            "mount --bind host.json state.json || exit 99; exec \"$0\" \"$@\"",
        ])
        .arg(tick.get_program())
        .args(tick.get_args())
        .current_dir(folder.path(""));
    for (name, value) in tick.get_envs() {
        if let Some(value) = value {
            mounted.env(name, value);
        }
    }
    let Ok(output) = mounted.output() else { return };
    let run = finished(&output);
    if run.code == 99 || run.stderr.contains("unshare") {
        return;
    }
    let applied = platform.world().applied.len();
    assert!(run.expect(1).error().contains("mount its folder"));
    assert_eq!(applied, 1, "nothing is sent that could not be remembered");
}

#[test]
fn no_two_files_of_a_run_are_one() {
    let folder = Folder::new();
    folder.write("world.toml", "hours = 0.1\n");
    folder.write("c.toml", "window = 6\n");
    folder.write("e.env", "DIALPACE_WINDOW=6\n");
    folder.write("history.csv", HISTORY);
    fs::create_dir(folder.path("d")).unwrap();
    symlink("c.toml", folder.path("c-link")).unwrap();
    fs::hard_link(folder.path("c.toml"), folder.path("c-hard")).unwrap();
    symlink("d/new.json", folder.path("new-link")).unwrap();
    let tick = "tick --sandbox --state s.json";
    // The command, and the two names in its message.
    let cases: &[(&str, [&str; 2])] = &[
        (
            &format!("{tick} --dw-endpoint ./s.json"),
            ["--dw-endpoint", "--state"],
        ),
        (
            &format!("{tick} --dw-endpoint ./s.json.token"),
            ["--dw-endpoint", "the .token file of --state"],
        ),
        (
            &format!("{tick} --dw-endpoint ./s.json.lock"),
            ["--dw-endpoint", "the .lock file of --state"],
        ),
        (
            &format!("{tick} --dw-endpoint ./d/../s.json.tmp"),
            ["--dw-endpoint", "the .tmp file of --state"],
        ),
        (
            &format!("{tick} --dw-endpoint ./s.json.overflow-20261125.ndjson"),
            ["--dw-endpoint", "--state"],
        ),
        (
            &format!("{tick} --dw-endpoint ./m.json --metrics-file m.json"),
            ["--dw-endpoint", "--metrics-file"],
        ),
        (
            &format!("{tick} --dw-endpoint ./m.prom.tmp --metrics-file m.prom"),
            ["--dw-endpoint", "the .tmp file of --metrics-file"],
        ),
        (
            &format!("{tick} --metrics-file s.json"),
            ["--metrics-file", "--state"],
        ),
        (
            &format!("{tick} --metrics-file s.json.campaign"),
            ["--metrics-file", "the .campaign file of --state"],
        ),
        (
            &format!("{tick} --metrics-file c.toml --config c.toml"),
            ["--config", "--metrics-file"],
        ),
        (
            &format!("{tick} --metrics-file c-link --config c.toml"),
            ["--config", "--metrics-file"],
        ),
        (
            &format!("{tick} --metrics-file c-hard --config c.toml"),
            ["--config", "--metrics-file"],
        ),
        (
            &format!("{tick} --metrics-file e.env --env-file e.env"),
            [".env", "--metrics-file"],
        ),
        (
            "tick --sandbox world.toml --state world.toml",
            ["--state", "--sandbox"],
        ),
        (
            "tick --sandbox --state new-link --dw-endpoint d/new.json",
            ["--dw-endpoint", "--state"],
        ),
        (
            "tick --sandbox --state new-link --dw-endpoint d/new.json.lock",
            ["--dw-endpoint", "--state"],
        ),
        (
            "watch --sandbox --cycles 1 --state s.json --metrics-file d/../s.json",
            ["--metrics-file", "--state"],
        ),
        (
            "simulate --trace x.csv --report x.csv",
            ["--trace", "--report"],
        ),
        (
            "simulate --trace x.csv --report x.csv.tmp",
            ["the .tmp file of --trace", "--report"],
        ),
        (
            "simulate world.toml --report world.toml",
            ["the scenario", "--report"],
        ),
        (
            "simulate --config c.toml --trace c-hard",
            ["--config", "--trace"],
        ),
        (
            "simulate --merge p.json --report p.json",
            ["--merge", "--report"],
        ),
        (
            "backtest history.csv --output history.csv",
            ["the input file", "--output"],
        ),
        (
            "backtest history.csv --report d/../history.csv",
            ["the input file", "--report"],
        ),
        (
            "backtest history.csv --output d.csv --report d.csv",
            ["--output", "--report"],
        ),
    ];
    let before = folder.files();
    for (command, names) in cases {
        let args: Vec<&str> = command.split(' ').collect();
        let run = without_hanging(&mut folder.dialpace(&args)).expect(2);
        let message = "are one file, ";
        for part in names.iter().chain([&message]) {
            assert!(
                run.error().contains(part),
                "{command}\nwanted {part}: {}",
                run.stderr
            );
        }
        assert_eq!(folder.files(), before, "{command}");
    }
    // Two that are only read may be one.
    folder
        .dialpace(&[
            "tick",
            "--sandbox",
            "--dry-run",
            "--config",
            "c.toml",
            "--env-file",
            "c-hard",
        ])
        .finish()
        .expect(0);
}

#[test]
fn standard_output_is_a_file_like_others() {
    let folder = Folder::new();
    let output = || {
        fs::File::options()
            .append(true)
            .create(true)
            .open(folder.path("out"))
            .unwrap()
    };
    for args in [
        "--state out",
        "--dw-endpoint ./out --state s.json",
        "--metrics-file out --state s.json",
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let mut tick = folder.dialpace(&[&["tick", "--sandbox"], args.as_slice()].concat());
        let child = tick
            .stdout(output())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let run = finished(&child.wait_with_output().unwrap()).expect(2);
        assert!(
            run.error().contains("standard output and"),
            "{}",
            run.stderr
        );
        assert_eq!(folder.read("out"), "");
    }
    let mut tick = folder.dialpace(&["tick", "--sandbox", "--state", "s.json"]);
    let status = tick.stdout(output()).stderr(output()).status().unwrap();
    assert!(status.success(), "both streams may lead to one file");
}

/// `tick` with another state.
fn tick_at(folder: &Folder, platform: &Platform, state: &str) -> Command {
    let tick = folder.tick(platform, &[]);
    let mut command = folder.dialpace(&["tick", "--state", state]);
    for (name, value) in tick.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
}

const HISTORY: &str = "\
timestamp,campaignId,answerRate,availableAgents
2026-11-02T10:00:00Z,a,0.5,10
2026-11-02T10:00:30Z,a,0.5,10
";
