//! The HTML reports, as far as they can be judged without a browser; `scripts/pictures` looks at them
//! in one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use common::{Folder, Run as _};
use dialpace::pacing::{Limits, Pacer, Policy};
use dialpace::sim::{
    BaselineIs, Driver, Plan, ReferenceDialer, Scenario, Span, Telemetry, Variant,
};
use rustls::CipherSuite;

/// The commands of a few reports, in a folder with `fixtures`.
const REPORTS: [&str; 9] = [
    "simulate fixtures/scenarios/mid-team.toml --hours 3 --replications 6 --policy capacity,compensated,predictive-without-feed,predictive,ratio,progressive,vicidial --sla-threshold 0.2,0.3",
    "simulate --hours 1 --replications 1",
    "simulate --hours 30 --replications 2 --agents 5 --policy progressive,vicidial",
    "simulate --hours 2000 --replications 2 --agents 1",
    "simulate fixtures/scenarios/mid-team.toml --hours 2 --policy fixed --dial-rate 60,70 --replications 3",
    "backtest fixtures/metrics/week.csv --interval 120s --time-zone America/St_Johns",
    "backtest fixtures/metrics/day.csv --policy compensated --sla-threshold 0.3",
    "backtest fixtures/metrics/export.csv --policy capacity,compensated --sla-threshold 0.2,0.3 --interval 60s",
    "fit fixtures/metrics/export.csv --output fitted.toml",
];

/// The reports of [`REPORTS`], with their commands; made once.
fn reports() -> &'static [(&'static str, String)] {
    static MADE: OnceLock<Vec<(&str, String)>> = OnceLock::new();
    MADE.get_or_init(make_reports)
}

fn make_reports() -> Vec<(&'static str, String)> {
    let folder = Folder::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    std::os::unix::fs::symlink(fixtures, folder.path("fixtures")).unwrap();
    let report = |command: &'static str| {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.extend(["--report", "report.html"]);
        folder.dialpace(&args).finish().expect(0);
        (command, folder.read("report.html"))
    };
    REPORTS.map(report).into()
}

#[test]
fn a_report_is_well_formed_and_in_order() {
    for (command, page) in reports() {
        let elements = elements(page);
        let is = |name: &'static str| elements.iter().filter(move |it| it.name == name);
        // Headings begin with the only h1, and none skips a level.
        let mut level = 0;
        for element in &elements {
            if let Some(own) = element.name.strip_prefix('h').and_then(|n| n.parse().ok()) {
                let own: usize = own;
                assert!(own <= level + 1, "{command}: {}", element.text);
                level = own;
            }
        }
        assert_eq!(is("h1").count(), 1, "{command}");
        // An id is there once, and whatever names one finds it.
        let ids: Vec<&str> = elements.iter().filter_map(|it| it.get("id")).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{command}");
        for element in &elements {
            for name in ["aria-labelledby", "aria-describedby"] {
                if let Some(id) = element.get(name) {
                    assert!(known.contains(id), "{command}: {id}");
                }
            }
            if let Some(target) = element.get("href") {
                assert!(known.contains(&target[1..]), "{command}: {target}");
            }
        }
        // Every picture has a name and says what it shows; every table a caption.
        for svg in is("svg") {
            assert_eq!(svg.get("role"), Some("img"), "{command}");
            for of in ["aria-labelledby", "aria-describedby"] {
                let id = svg.get(of).unwrap();
                let words = elements.iter().find(|it| it.get("id") == Some(id)).unwrap();
                assert!(words.text.len() > 3, "{command}: {id}");
            }
        }
        assert_eq!(is("table").count(), is("caption").count(), "{command}");
        for scroll in elements
            .iter()
            .filter(|it| it.get("class") == Some("scroll"))
        {
            assert_eq!(scroll.get("tabindex"), Some("0"), "{command}");
            assert_eq!(scroll.get("role"), Some("region"), "{command}");
        }
        for word in ["NaN", "inf ", "-0.0 ", ">inf", "{}", "  ,"] {
            assert!(!page.contains(word), "{command}: {word}");
        }
        // The words that the page explains are there.
        assert!(is("dt").count() >= 4, "{command}");
    }
}

/// A page that can load nothing: no address, and a policy with the hash of its own style and script.
#[test]
fn a_report_loads_nothing_and_its_policy_forbids_it() {
    for (command, page) in reports() {
        for address in [
            "http:", "https:", "//", "src=", "url(", "@import", "<link", "style=\"", " onclick",
        ] {
            let script = inside(page, "<script>", "</script>");
            let page = page.replace(script, "");
            assert!(!page.contains(address), "{command}: {address}");
        }
        let links = page.matches("href=\"").count();
        assert_eq!(links, page.matches("href=\"#").count(), "{command}");
        let policy = inside(page, "Content-Security-Policy\" content=\"", "\"");
        let style = sha256(inside(page, "<style>", "</style>"));
        let script = sha256(inside(page, "<script>", "</script>"));
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
            ),
            "src/report/page.rs has the hashes of another page.css or page.js"
        );
        assert_eq!(page.matches("<script").count(), 1, "{command}");
    }
}

/// Labels are as wide as `report::labels` takes them to be: 8 pixels a character, 12 above the base line
/// and 4 below.
#[test]
fn no_label_overlaps_another_or_leaves_its_picture() {
    let mut labels_seen = 0;
    for (command, page) in reports() {
        for picture in page.split("<svg ").skip(1) {
            let picture = picture.split("</svg>").next().unwrap();
            let size: Vec<f64> = inside(picture, "viewBox=\"0 0 ", "\"")
                .split(' ')
                .map(|side| side.parse().unwrap())
                .collect();
            let texts = elements(&format!("<svg {picture}</svg>"));
            let texts = texts.iter().filter(|it| it.name == "text");
            let labels: Vec<([f64; 4], &str)> = texts
                .map(|text| {
                    let at = |name: &str| text.get(name).unwrap().parse::<f64>().unwrap();
                    let width = 8.0 * f64::from(u32::try_from(text.text.chars().count()).unwrap());
                    let left = match text.get("text-anchor").unwrap() {
                        "start" => at("x"),
                        "middle" => at("x") - width / 2.0,
                        "end" => at("x") - width,
                        anchor => panic!("{anchor}"),
                    };
                    let bounds = [left, left + width, at("y") - 12.0, at("y") + 4.0];
                    (bounds, text.text.as_str())
                })
                .collect();
            labels_seen += labels.len();
            for (n, (a, words)) in labels.iter().enumerate() {
                assert!(
                    a[0] >= -0.1 && a[1] <= size[0] + 0.1 && a[2] >= 0.0 && a[3] <= size[1],
                    "{command}: {words} leaves its picture: {a:?} of {size:?}"
                );
                for (b, others) in &labels[n + 1..] {
                    let apart = a[1] <= b[0] || b[1] <= a[0] || a[3] <= b[2] || b[3] <= a[2];
                    assert!(apart, "{command}: {words} and {others}: {a:?} {b:?}");
                }
            }
        }
    }
    assert!(labels_seen > 300, "{labels_seen}");
}

#[test]
fn the_same_seed_gives_the_same_page() {
    let folder = Folder::new();
    let run = |jobs: &str, name: &str| {
        let command = "simulate --policy capacity,predictive-without-feed --hours 2 --replications 5 --agents 12 --quiet";
        let mut args: Vec<&str> = command.split(' ').collect();
        args.extend(["--jobs", jobs, "--report", name]);
        folder.dialpace(&args).finish().expect(0);
        folder.read(name)
    };
    let (one, three) = (run("1", "one.html"), run("3", "three.html"));
    assert!(one == three, "another number of threads gives another page");
}

/// What is drawn over time is what the figures were made of, of the same runs, on any number of threads.
#[test]
fn the_spans_of_a_run_add_up_to_its_figures() {
    let limits = Limits::default();
    let variant = |policy: &str, driver| Variant {
        policy: policy.to_owned(),
        band: limits.band,
        swept: Vec::new(),
        driver,
    };
    let paced = Driver::Pacer {
        pacer: Pacer::new(Limits::default(), Policy::Capacity).unwrap(),
        telemetry: Telemetry::CampaignApi,
    };
    let plan = Plan {
        scenario: Scenario {
            hours: 1.7,
            ..Scenario::default()
        },
        seed: 7,
        replications: 3,
        variants: vec![
            variant("capacity", paced),
            variant(
                "progressive",
                Driver::Reference(ReferenceDialer::Progressive),
            ),
        ],
        baseline: 0,
        baseline_is: BaselineIs::Other,
    };
    let go_on = AtomicBool::new(false);
    let replications = plan.run(2, &|_| true, &|| {}, &go_on);
    for number in 0..2 {
        let drawn = plan.over_time(number, 2, &go_on).unwrap();
        assert_eq!(Some(&drawn), plan.over_time(number, 1, &go_on).as_ref());
        assert_eq!((drawn.span_secs, drawn.runs.len()), (300.0, 3));
        for (run, spans) in drawn.runs.iter().enumerate() {
            let figures = &replications[number * 3 + run].figures;
            // 1.7 hours: 20 spans of five minutes, and two minutes.
            assert_eq!(spans.len(), 21);
            let sum = |of: fn(&Span) -> u64| {
                let sum: u64 = spans.iter().map(of).sum();
                f64::from(u32::try_from(sum).unwrap())
            };
            let (connected, abandoned) = (sum(|s| s.connected), sum(|s| s.abandoned));
            let is_near = |a: f64, b: f64, off: f64| assert!((a - b).abs() <= off, "{a} {b}");
            is_near(sum(|s| s.placed), figures.calls_dialed, 0.0);
            is_near(
                abandoned / (connected + abandoned),
                figures.abandonment_rate,
                1e-9,
            );
            // Agents are counted at the ends of intervals only.
            is_near(
                sum(|s| s.busy) / sum(|s| s.staffed),
                figures.occupancy,
                0.02,
            );
        }
    }
    assert_eq!(plan.over_time(2, 1, &go_on), None);
}

/// The pictures of the documentation are there, small, and beside the command that made them.
#[test]
fn the_pictures_of_the_documentation_are_small() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for (name, page) in [
        ("simulate", "SIMULATION.md"),
        ("backtest", "HISTORY.md"),
        ("fit", "FIT.md"),
    ] {
        let picture = docs.join(format!("pictures/{name}.png"));
        let bytes = fs::metadata(&picture).unwrap().len();
        assert!((1_000..150_000).contains(&bytes), "{name}: {bytes} bytes");
        let text = fs::read_to_string(docs.join(page)).unwrap();
        assert!(text.contains(&format!("](pictures/{name}.png)")), "{page}");
    }
}

#[test]
fn rows_too_far_apart_for_the_window_are_said_first() {
    let folder = Folder::new();
    let week = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/metrics/week.csv");
    let week = week.to_str().unwrap();
    let warning = "Do not rely on this as it is: polls are 120 s apart, and samples older than 360 s are dropped, so the window never holds 6: give --interval 120s.";
    let run = |more: &[&str]| {
        let args = [&["backtest", week, "--report", "r.html"], more].concat();
        let stdout = folder.dialpace(&args).finish().expect(0).stdout;
        (stdout, folder.read("r.html"))
    };
    let (table, page) = run(&[]);
    assert_eq!(table.lines().nth(2), Some(warning), "{table}");
    let first = inside(&page, "<div class=\"answer\"><p><b>", "</b>");
    assert_eq!(first, warning);
    let (json, _) = run(&["--format", "json"]);
    assert!(
        json.contains(&format!("\"warning\":\"{warning}\"")),
        "{json}"
    );
    let (table, page) = run(&["--interval", "120s"]);
    assert!(!table.contains("rely") && !page.contains("rely"), "{table}");
    let (json, _) = run(&["--interval", "120s", "--format", "json"]);
    assert!(!json.contains("sparseRows"), "{json}");
}

/// What is to be set is written into the configuration file, and is then what one has.
#[test]
fn what_is_recommended_can_be_typed_and_is_then_in_force() {
    let folder = Folder::new();
    let command = "simulate --policy capacity,predictive-without-feed --sla-threshold 0.3 --hours 4 --replications 6 --quiet --report r.html";
    let run = |more: &[&str]| {
        let args: Vec<&str> = command.split(' ').chain(more.iter().copied()).collect();
        let table = folder.dialpace(&args).finish().expect(0).stdout;
        (table, folder.read("r.html"))
    };
    let (table, page) = run(&["--max-dial-rate", "90"]);
    let options =
        "--policy predictive --sla-threshold 0.3 --tolerance-margin 0.05 --max-dial-rate 90";
    assert!(table.contains(&format!("\nSet: {options}\n")), "{table}");
    assert!(page.contains(&format!("The same as options: <code>{options}</code>")));
    let first = inside(&page, "<div class=\"answer\"><p><b>", "</b>");
    let words = "Set: policy = predictive (row predictive-without-feed), sla_threshold = 0.3, ";
    assert!(first.starts_with(words), "{first}");
    assert!(page.contains("conversations an hour than with the baseline"));
    let lines = inside(&page, "<pre>", "</pre>").replace("&quot;", "\"");
    folder.write("mine.toml", lines);
    let (table, page) = run(&["--config", "mine.toml"]);
    let same = "That is what you have: nothing to change.";
    assert!(table.contains(same) && page.contains(same), "{table}");
}

#[test]
fn the_defaults_are_not_called_today_and_a_row_is_not_compared_with_itself() {
    let folder = Folder::new();
    let run = |policy: &str, sla: Option<&str>| {
        let command = "simulate --hours 4 --replications 6 --quiet --report r.html --policy";
        let args: Vec<&str> = command.split(' ').chain([policy]).collect();
        let mut command = folder.dialpace(&args);
        if let Some(sla) = sla {
            command.env("SLA_THRESHOLD", sla);
        }
        let table = command.finish().expect(0).stdout;
        (table, folder.read("r.html"))
    };
    let (_, page) = run("capacity,predictive-without-feed", None);
    assert!(page.contains("conversations an hour than with this program's default settings"));
    assert!(!page.contains(">today<") && page.contains(">dialpace's defaults<"));
    let (_, page) = run("capacity,predictive-without-feed", Some("0.4"));
    assert!(page.contains("conversations an hour than today"));
    let (table, page) = run("capacity,vicidial", None);
    let same = "That is what you have: nothing to change.";
    assert!(table.contains(same) && page.contains(same), "{table}");
    assert!(!table.contains("Against"), "{table}");
}

/// An element with its attributes and the text in it.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Every element of a page. It fails where one is not closed, or closed in the wrong place.
fn elements(page: &str) -> Vec<Element> {
    const VOID: [&str; 2] = ["meta", "br"];
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = page.strip_prefix("<!doctype html>").unwrap_or(page);
    while let Some(start) = rest.find('<') {
        for place in &open {
            found[*place].text.push_str(&rest[..start]);
        }
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop().unwrap_or_else(|| panic!("</{name}> too many"));
            assert_eq!(found[last].name, name, "closed in the wrong place");
            continue;
        }
        let is_closed = tag.ends_with('/');
        let (name, attributes) = attributes(tag.trim_end_matches('/'));
        if !is_closed && !VOID.contains(&name.as_str()) {
            open.push(found.len());
        }
        let is_raw = name == "script" || name == "style";
        let closing = format!("</{name}>");
        found.push(Element {
            name,
            attributes,
            text: String::new(),
        });
        if is_raw {
            rest = &rest[rest.find(&closing).unwrap()..];
        }
    }
    assert!(open.is_empty(), "{} elements are not closed", open.len());
    found
}

fn attributes(tag: &str) -> (String, Vec<(String, String)>) {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while let Some((key, value)) = rest.split_once("=\"") {
        let (value, after) = value.split_once('"').unwrap();
        attributes.push((key.trim().to_owned(), value.to_owned()));
        rest = after;
    }
    (name.to_owned(), attributes)
}

/// The text between two others.
fn inside<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let start = page.find(before).unwrap() + before.len();
    let end = page[start..].find(after).unwrap();
    &page[start..start + end]
}

/// SHA-256 in base64, as a policy has it.
fn sha256(text: &str) -> String {
    use base64::Engine as _;
    let suites = rustls::crypto::ring::default_provider().cipher_suites;
    let is_sha256 = |suite: &&rustls::SupportedCipherSuite| {
        suite.suite() == CipherSuite::TLS13_AES_128_GCM_SHA256
    };
    let suite = suites.iter().find(is_sha256).unwrap().tls13().unwrap();
    let hash = suite.common.hash_provider.hash(text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(hash.as_ref())
}
