//! Exports of JSON as servers, log stores and tools write them, through the built binary: each gives the
//! decisions of the plain lines, or is refused with what to do.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::fmt::Write as _;

use common::{Finished, Folder, Run as _};
use serde_json::{Value, json};

/// Two campaigns, a poll each half minute, with one that failed.
fn rows() -> Vec<Value> {
    let mut rows = Vec::new();
    for n in 0..24_u32 {
        for (campaign, shift) in [("spring", 0), ("winter", 7)] {
            let dialed = 1_200 + (n * 37 + shift) % 900;
            let answered = dialed * (25 + (n + shift) % 9) / 100;
            let at = format!("2026-03-02T09:{:02}:{:02}Z", n / 2, n % 2 * 30);
            rows.push(if n == 9 {
                json!({"timestamp": at, "campaignId": campaign, "availableAgents": null})
            } else {
                json!({
                    "timestamp": at, "campaignId": campaign, "availableAgents": 20 + (n * 7 + shift) % 30,
                    "totalCallsDialed": dialed, "totalCallsAnswered": answered, "dialRate": 30 + n % 5,
                })
            });
        }
    }
    rows
}

/// One line for each object.
fn lines<T: ToString>(objects: impl IntoIterator<Item = T>) -> String {
    let lines = objects.into_iter().map(|it| it.to_string() + "\n");
    lines.collect()
}

/// The lines of the objects that `change` makes of the rows.
fn lines_of(change: &dyn Fn(&Value) -> Value) -> String {
    lines(rows().iter().map(change))
}

/// The row without its time and campaign.
fn metrics(row: &Value) -> Value {
    let mut metrics = row.clone();
    let object = metrics.as_object_mut().unwrap();
    object.remove("timestamp");
    object.remove("campaignId");
    metrics
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

fn backtest(folder: &Folder, text: impl AsRef<[u8]>, args: &[&str]) -> Finished {
    let file = folder.write("export.json", text);
    let output = folder.path("decisions.csv");
    let (file, output) = (file.to_str().unwrap(), output.to_str().unwrap());
    let args = [&["backtest", file, "--output", output], args];
    folder.dialpace(&args.concat()).finish()
}

/// Checks that `text` gives the decisions of the plain lines, and that only `told` is told, if anything.
fn reads(name: &str, text: impl AsRef<[u8]>, args: &[&str], told: &str) {
    let folder = Folder::new();
    backtest(&folder, lines(rows()), &[]).expect(0);
    let wanted = folder.read("decisions.csv");
    for more in [&[][..], &["--jobs", "3"]] {
        let run = backtest(&folder, text.as_ref(), &[args, more].concat());
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert_eq!(folder.read("decisions.csv"), wanted, "{name}");
        assert!(run.stderr.contains(told), "{name}: {}", run.stderr);
        let is_one = run.stderr.lines().count() == usize::from(!told.is_empty());
        assert!(is_one, "{name}: {}", run.stderr);
    }
}

fn refuses(name: &str, text: impl AsRef<[u8]>, args: &[&str], reason: &str) {
    let folder = Folder::new();
    let run = backtest(&folder, text, args);
    assert_eq!(run.code, 2, "{name}: {}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(reason), "{name}: {}", run.stderr);
}

#[test]
fn rows_in_an_envelope() {
    for name in ["data", "rows", "value", "wfM_OB_StatsV9"] {
        let told =
            format!("rows are the objects of its member {name}, of which line N is object N");
        reads(name, json!({ name: rows() }).to_string(), &[], &told);
    }
    let around = json!({
        "_links": {"self": "G/x", "next": ""}, "totalRecords": 48, "columns": ["a", "b"], "errors": [],
        "data": rows(), "paging": {"next": null, "hasMore": false}, "z": [[1], [2]],
    });
    let told = "rows are the objects of its member data";
    reads("members around", around.to_string(), &[], told);
    reads("pretty", pretty(&around), &[], told);
    reads("with a mark", format!("\u{FEFF}\n {around}\n"), &[], told);
    let deep = json!({"took": 3, "resultSet": {"n": 1, "skillSummaries": rows()}});
    let told = "its member resultSet.skillSummaries";
    reads("deeper", deep.to_string(), &[], told);
    let hits: Vec<Value> = rows()
        .iter()
        .map(|row| json!({"_id": "a", "_source": row}))
        .collect();
    let hits = json!({"took": 3, "hits": {"total": 2, "hits": hits}});
    let told = "its member hits.hits, of which line N is object N; members of _source are read";
    reads("Elasticsearch", hits.to_string(), &[], told);
    let all = rows();
    let pages = all
        .chunks(10)
        .map(|rows| json!({"page": 1, "data": rows, "next": "more"}));
    let mut pages: Vec<Value> = pages.collect();
    pages.last_mut().unwrap()["next"] = Value::Null;
    let told = "its member data";
    reads("pages in lines", lines(&pages), &[], told);
    reads(
        "pages over lines",
        pages.iter().map(pretty).collect::<String>(),
        &[],
        told,
    );
    reads("pages in an array", json!(pages).to_string(), &[], told);
    // What is not the array of rows has no say, and a row may have arrays of objects.
    let with_agents = lines_of(&|row| {
        let mut row = row.clone();
        row["agents"] = json!([{"id": 1}, {"id": 2}]);
        row
    });
    reads("an array in each row", with_agents, &[], "");
}

#[test]
fn rows_over_lines_and_in_arrays() {
    let told = "objects are not each in a line; line N is object N";
    let all = rows();
    reads(
        "pretty objects",
        all.iter().map(pretty).collect::<String>(),
        &[],
        told,
    );
    let lines = lines(&all);
    reads("all in one line", lines.replace('\n', ""), &[], told);
    reads("commas after lines", lines.replace('\n', ",\n"), &[], told);
    reads("RFC 7464", lines.replace("{\"a", "\u{1e}{\"a"), &[], told);
    let told = "it is a JSON array, of which line N is object N";
    let arrays = all.chunks(10).map(|rows| json!(rows).to_string() + "\n");
    reads(
        "an array in each line",
        arrays.collect::<String>(),
        &[],
        told,
    );
    reads(
        "arrays in an array",
        json!([all[..9], all[9..]]).to_string(),
        &[],
        told,
    );
    let comma = json!(all).to_string().replace("}]", "},\n]");
    reads("a comma at the end", comma, &[], told);
}

#[test]
fn an_envelope_that_is_not_one() {
    let all = json!(rows()).to_string();
    refuses(
        "two arrays",
        format!("{{\"a\":{{\"b\":{all}}},\"c\":{all}}}"),
        &[],
        "it has two arrays of objects, a.b and c; take one, such as with jq -c '.a.b[]' FILE | dialpace backtest -",
    );
    // The second array is found where the first one has been read.
    let long = format!(
        "{{\"a\":{all},\"b\":\"{}\",\"c\":[{{\"x\":1}}]}}",
        "b".repeat(300_000)
    );
    refuses(
        "a late one",
        long,
        &[],
        "it has two arrays of objects, a and c",
    );
    for (name, text, reason) in [
        (
            "text after it",
            format!("{{\"a\":{all}}} x"),
            "outside of any object stands 'x'",
        ),
        (
            "text in it",
            format!("{{\"a\":{all}, x}}"),
            "where a name in quotes should begin stands 'x'",
        ),
        (
            "another object",
            format!("{{\"a\":{all}}}\n{{\"error\":1}}"),
            "line 2: the object that ends here has no array of objects a",
        ),
        (
            "cut off",
            format!("{{\"a\":{all}"),
            "the object does not end",
        ),
        (
            "cut off in it",
            format!("{{\"a\":{}", &all[..all.len() - 9]),
            "the array does not end",
        ),
        (
            "a number in it",
            format!("{{\"a\":{}", all.replace("},{", "},1,{")),
            "where an object of the array should begin stands '1'",
        ),
        (
            "a missing comma",
            format!("{{\"a\":{}", all.replace("},{", "} {")),
            "between two objects of the array stands '{'",
        ),
        (
            "a quote",
            format!("[{{\"a\":\"x\n\"}},{}", &all[1..]),
            "line 1: a text has a line break",
        ),
        ("none", "[]".to_owned(), "its array is empty"),
    ] {
        refuses(name, text, &[], reason);
    }
    let each_time =
        json!({"timestamp": "2026-03-02T09:00:00Z", "campaigns": [metrics(&rows()[0])]});
    refuses(
        "the time around",
        each_time.to_string(),
        &[],
        "jq -c '{timestamp} + .campaigns[]' FILE",
    );
    // Objects that were cut off are rows that can be left out.
    let cut: String = rows().iter().map(pretty).collect();
    let folder = Folder::new();
    let run = backtest(
        &folder,
        &cut[..cut.len() - 9],
        &["--on-bad-row", "skip", "--format", "json"],
    );
    assert_eq!(run.expect(0).json()["skippedRows"], 1);
}

#[test]
fn a_next_page_is_a_warning() {
    let folder = Folder::new();
    for (next, is_next) in [
        (json!({"_links": {"next": "G/x?skip=100"}}), true),
        (json!({"_links": {"next": {"href": "G/x"}}}), true),
        (json!({"@odata.nextLink": "https://example.invalid"}), true),
        (json!({"nextPage": 2}), true),
        (json!({"has_more": true}), true),
        (
            json!({"next": "", "hasMore": false, "nextPage": null, "nextToken": 0}),
            false,
        ),
    ] {
        for is_before in [true, false] {
            let (next, data) = (next.to_string(), json!({"m": rows()}).to_string());
            let (first, second) = if is_before {
                (&next, &data)
            } else {
                (&data, &next)
            };
            let text = format!("{},{}", &first[..first.len() - 1], &second[1..]);
            let run = backtest(&folder, &text, &[]).expect(0);
            let warns = run
                .stderr
                .contains("names a next page, so there are more rows than these");
            assert_eq!(warns, is_next, "{next}: {}", run.stderr);
        }
    }
}

#[test]
fn members_of_members() {
    let nested = |row: &Value| json!({"timestamp": row["timestamp"], "campaignId": row["campaignId"], "metrics": metrics(row)});
    reads(
        "metrics",
        lines_of(&nested),
        &[],
        "members of metrics are read",
    );
    let both = lines_of(
        &|row| json!({"timestamp": row["timestamp"], "campaign": {"id": row["campaignId"]}, "now": metrics(row)}),
    );
    reads(
        "campaign.id",
        both,
        &[],
        "members of campaign and now are read",
    );
    let text = |row: &Value| json!({"ingested": "2026-03-02 09:59:59", "@message": row.to_string() + "\n"});
    reads(
        "JSON in text",
        lines_of(&text),
        &[],
        "members of @message are read",
    );
    let typed = lines_of(&|row| {
        let mut typed = row.clone();
        typed["timestamp"] = json!({"$date": row["timestamp"]});
        typed["totalCallsDialed"] = match &row["totalCallsDialed"] {
            Value::Null => json!({"NULL": true}),
            number => json!({"N": number.to_string()}),
        };
        typed
    });
    reads("types", typed.replace("{\"NULL\":true}", "null"), &[], "");
    // The outermost goes first, and what is no column's is left alone.
    let before = lines_of(&|row| {
        let mut with = row.clone();
        with["before"] = json!({"timestamp": 1, "availableAgents": 1, "campaignId": "x"});
        with
    });
    reads("the outermost first", before, &[], "");
    let two = lines_of(
        &|row| json!({"timestamp": row["timestamp"], "campaignId": row["campaignId"], "now": metrics(row), "before": {"availableAgents": 1}}),
    );
    refuses(
        "two",
        &two,
        &[],
        "before.availableAgents and now.availableAgents could both be availableAgents; name one, such as with --column availableAgents=before.availableAgents",
    );
    let named = ["--column", "availableAgents=now.availableAgents"];
    reads("two, one named", &two, &named, "members of now are read");
    refuses(
        "no such",
        &two,
        &["--column", "availableAgents=then.x"],
        "no such member; they have before.availableAgents,",
    );
    let dotted = lines_of(&nested).replace("\"availableAgents\"", "\"a.b\"");
    reads(
        "a name with a dot",
        dotted,
        &["--column", "availableAgents=metrics.a.b"],
        "metrics",
    );
    // The time of a log's line is not that of the poll in it.
    let log =
        lines_of(&|row| json!({"timestamp": "2026-03-02T10:00:00Z", "line": row.to_string()}));
    refuses(
        "two times",
        &log,
        &[],
        "timestamp and line.timestamp could both be timestamp, and differ; name one with --column timestamp=line.timestamp",
    );
    reads(
        "two times, one named",
        &log,
        &["--column", "timestamp=line.timestamp"],
        "members of line",
    );
    let object = lines(rows()).replace(
        "\"availableAgents\":",
        "\"availableAgents\":{\"a\":1},\"x\":",
    );
    refuses(
        "an object",
        object,
        &["--column", "availableAgents=availableAgents"],
        "no such member",
    );
}

#[test]
fn one_column_twice() {
    let spelled = lines(rows()).replace(
        "\"availableAgents\"",
        "\"available_agents\":1,\"availableAgents\"",
    );
    refuses(
        "two spellings",
        &spelled,
        &[],
        "available_agents and availableAgents could both be availableAgents; name one with --column availableAgents=availableAgents",
    );
    reads(
        "named",
        &spelled,
        &["--column", "availableAgents=availableAgents"],
        "",
    );
    let same = spelled.replace("available_agents", "availableAgents");
    refuses(
        "one name",
        same,
        &[],
        "availableAgents is given twice in one object; jq -c . keeps the last of them",
    );
}

#[test]
fn agents_as_one_version_misspells_them() {
    let folder = Folder::new();
    let run = |agents: &str, away: &str| {
        let text = (0..40).map(|n| {
            let start = 1_772_442_000 + n * 30;
            json!({"StartDate": start, "Dials": 15, "Connects": 4 + n % 3, agents: 5 + n % 4, "AgentsLoggedIn": 47, away: 7})
        });
        let run = backtest(&folder, lines(text), &["--policy", "predictive"]).expect(0);
        assert_eq!(run.stderr, "");
        folder.read("decisions.csv")
    };
    assert_eq!(
        run("AgentsAvaliable", "AgentsUnavaliable"),
        run("AgentsAvailable", "AgentsUnavailable")
    );
    let text = lines_of(&|row| {
        let mut row = row.clone();
        row["AgentsLoggedIn"] = json!(47);
        row["AgentsUnavailabel"] = json!(7);
        row
    });
    let run = backtest(&folder, text, &[]).expect(0);
    let warning =
        "if it is agentsUnavailable, give --column \"agentsUnavailable=AgentsUnavailabel\"";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[test]
fn objects_without_any_metric_are_told() {
    let folder = Folder::new();
    let mut all = rows();
    all.insert(5, json!({"timestamp": "2026-03-02T09:01:01Z", "campaignId": "spring", "msg": "token renewed"}));
    let run = backtest(&folder, lines(&all), &[]).expect(0);
    let warning = "the object at line 6 has none of the metrics and counts as a failed poll; if they are other events of a log, leave them out, such as with grep availableAgents FILE | dialpace backtest -";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
    all.insert(
        11,
        json!({"timestamp": "2026-03-02T09:02:01Z", "campaignId": "spring"}),
    );
    let run = backtest(&folder, json!({ "a": all }).to_string(), &[]).expect(0);
    let warning = "2 objects have none of the metrics, from line 6 on, and count as failed polls";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[test]
fn numbers_that_json_has_not() {
    let nan = lines(rows())
        .replace(":null", ":NaN")
        .replace("{\"a", "{\"x\":\"a NaN \\\" NaN\",\"y\":-Infinity,\"a");
    reads("NaN", &nan, &[], "");
    reads(
        "NaN in an array",
        format!("[{}]", nan.trim_end().replace('\n', ",")),
        &[],
        "JSON array",
    );
    let infinite = lines(rows()).replace(":null", ":Infinity");
    refuses(
        "Infinity",
        infinite,
        &[],
        ":19: column availableAgents is \"Infinity\"; expected a whole number",
    );
    let python = lines(rows()).replace('"', "'");
    refuses("Python", python, &[], "write it with json.dumps");
}

#[test]
fn other_tables_and_text_around_objects_are_named() {
    let all = rows();
    let names: Vec<String> = all[0].as_object().unwrap().keys().cloned().collect();
    let values: Vec<Vec<&Value>> = all
        .iter()
        .map(|row| names.iter().map(|name| &row[name]).collect())
        .collect();
    let of = |name: &String, row: usize| (row.to_string(), all[row][name].clone());
    let columns = |name: &String| {
        (
            name.clone(),
            (0..all.len()).map(|row| of(name, row)).collect::<Value>(),
        )
    };
    let lists = |name: &String| {
        (
            name.clone(),
            all.iter().map(|row| row[name].clone()).collect::<Value>(),
        )
    };
    let index = all
        .iter()
        .enumerate()
        .map(|(n, row)| (n.to_string(), row.clone()));
    let table: Vec<Value> = std::iter::once(json!(names))
        .chain(values.iter().map(|row| json!(row)))
        .collect();
    for (name, text, reason) in [
        (
            "split",
            json!({"columns": names, "index": [0, 1], "data": values}).to_string(),
            "jq -r '.columns, .data[] | @csv' FILE",
        ),
        (
            "columns",
            names.iter().map(columns).collect::<Value>().to_string(),
            "as pandas writes with orient=\"columns\"; make rows of it, such as with jq -c '. as $t",
        ),
        (
            "lists",
            names.iter().map(lists).collect::<Value>().to_string(),
            "it has an array for each column",
        ),
        (
            "index",
            index.collect::<Value>().to_string(),
            "jq -c '.[]' FILE",
        ),
        (
            "arrays",
            json!(table).to_string(),
            "jq -r '.[] | @csv' FILE",
        ),
        ("arrays in lines", lines(&table), "jq -r @csv FILE"),
        (
            "syslog",
            lines(&all).replace("{\"a", "Mar  2 08:00:00 host app[12]: {\"a"),
            "each line has text before its JSON object; leave it out, such as with sed 's/^[^{]*//' FILE",
        ),
        (
            "JavaScript",
            format!("var data = {};", json!(all)),
            "it is JavaScript",
        ),
        (
            "a comment",
            format!("// export\n{}", lines(&all)),
            "its first line is no JSON, and lines after it are",
        ),
    ] {
        refuses(name, text, &[], reason);
    }
}

/// Rows of one minute each under a header, in which `$` is the number of the row, `H` its hour and `M` its minute.
fn csv(header: &str, rows: &[&str]) -> String {
    let mut text = format!("{header}\n");
    for n in 0..8 {
        for row in rows {
            let row = row.replace('$', &(n + 1).to_string());
            let row = row.replace("HH", &format!("{:02}", 9 + n / 4));
            text += &(row.replace("MM", &format!("{:02}", n % 4 * 15)) + "\n");
        }
    }
    text
}

/// The same rows as objects, with numbers where numbers stand.
fn ndjson_of(csv: &str) -> String {
    let mut rows = csv.lines().map(|line| line.split(','));
    let names: Vec<&str> = rows.next().unwrap().collect();
    let value = |text: &str| serde_json::from_str::<f64>(text).map_or(json!(text), |it| json!(it));
    lines(rows.map(|row| {
        let members = names.iter().zip(row);
        Value::Object(
            members
                .map(|(name, text)| ((*name).to_owned(), value(text)))
                .collect(),
        )
    }))
}

#[test]
fn what_the_rows_of_csv_tell_those_of_json_tell() {
    let mut europe =
        String::from("timestamp,campaignId,availableAgents,totalCallsDialed,totalCallsAnswered\n");
    for n in 1..9 {
        for (id, dialed, answered) in [("a", n * 10, n), ("Europe", n * 13, n * 2), ("b", n * 3, n)]
        {
            let at = 1_772_697_600 + n * 60;
            writeln!(europe, "{at},{id},5,{dialed},{answered}").unwrap();
        }
    }
    let at = "2026-03-02THH:MM:00Z";
    let apart = "2026-03-02THH:MM:30Z";
    let two = |more: &str, second_at: &str, [a, b]: [&str; 2]| {
        csv(
            &format!("timestamp,{more},availableAgents,answerRate"),
            &[
                &format!("{at},{a},40,0.3"),
                &format!("{second_at},{b},20,0.4"),
            ],
        )
    };
    for (text, reason) in [
        (
            two("skill", apart, ["x", "y"]),
            "column \"skill\" has several values and is not read: if it tells campaigns apart, give --column \"campaignId=skill\"; if all rows are of one campaign, --column campaignId=",
        ),
        (
            two("campaignName", apart, ["x", "y"]),
            "--column \"campaignId=campaignName\"",
        ),
        (
            two("queue", apart, ["x", "y"]),
            "--column \"campaignId=queue\"",
        ),
        (
            two("campaignId,skillId", apart, ["1,x", "1,y"]),
            "if \"campaignId\" does, --column \"campaignId=campaignId\"",
        ),
        (
            two("Region", at, ["x", "y"]),
            "--column \"campaignId=Region\"",
        ),
        (
            two("campaignId,site", at, ["1,x", "1,y"]),
            "if \"site\" tells them apart, give --column \"campaignId=site\"",
        ),
        (
            europe,
            "at each time it is the sum of the other campaigns: is it their total?",
        ),
        (
            csv(
                "timestamp,time,availableAgents,answerRate",
                &["2026-03-02,HH:MM,40,0.3"],
            ),
            "date and time are apart: give --column \"timestamp=timestamp+time\"",
        ),
        (
            csv(
                "date,timestamp,availableAgents,answerRate",
                &["2026-03-02,HH:MM,40,0.3"],
            ),
            "date and time are apart: give --column \"timestamp=date+timestamp\"",
        ),
        (
            csv(
                "date,time,availableAgents,answerRate",
                &["2026-03-02,HH:MM,40,0.3"],
            ),
            "such as --column \"timestamp=date+time\"",
        ),
        (
            csv(
                "timestamp,tz,availableAgents,answerRate",
                &[
                    "2026-03-02 HH:MM:00,CET,40,0.3",
                    "2026-03-02 HH:MM:20,UTC,40,0.3",
                ],
            ),
            "give --column \"timestamp=timestamp+tz\"",
        ),
        (
            csv(
                "timestamp,availableAgents,answerRate,availableAgents (2),answerRate (2)",
                &[&format!("{at},40,0.3,20,0.4")],
            ),
            "do campaigns stand side by side?",
        ),
        (
            csv(
                "timestamp,availableAgents,answerRate",
                &["13.03.2026 HH:MM,40,0.3"],
            ),
            "give --time-format '%d.%m.%Y %H:%M'",
        ),
    ] {
        refuses("rows of CSV", &text, &[], reason);
        refuses("rows of JSON", ndjson_of(&text), &[], reason);
    }
}

#[test]
fn a_campaign_that_is_outside_of_its_rows() {
    let without_id = |row: &Value| {
        let mut row = row.clone();
        row.as_object_mut().unwrap().remove("campaignId");
        row
    };
    let of = |id: &str| -> Vec<Value> {
        let own = rows().into_iter().filter(|row| row["campaignId"] == id);
        own.map(|row| without_id(&row)).collect()
    };
    let pages = [("spring", of("spring")), ("winter", of("winter"))];
    let grouped: Vec<Value> = pages
        .iter()
        .map(|(id, rows)| json!({"campaignId": id, "intervals": rows}))
        .collect();
    let named: Vec<Value> = pages
        .iter()
        .map(|(id, rows)| json!({"campaign": {"id": id}, "rows": rows}))
        .collect();
    for (text, command) in [
        (
            json!({ "campaigns": grouped }).to_string(),
            "jq -c '.campaigns[] | {campaignId} + .intervals[]' FILE",
        ),
        (lines(grouped), "jq -c '{campaignId} + .intervals[]' FILE"),
        (
            json!(named).to_string(),
            "jq -c '.[] | {campaignId: .campaign.id} + .rows[]' FILE",
        ),
    ] {
        refuses("campaigns around", text, &[], command);
    }
    let unnamed: Vec<Value> = pages
        .iter()
        .map(|(id, rows)| json!({"name": id, "intervals": rows}))
        .collect();
    refuses(
        "names around",
        json!({ "campaigns": unnamed }).to_string(),
        &[],
        "jq -c '.campaigns[] | {campaignId: .name} + .intervals[]' FILE",
    );
    let one = json!({"campaignId": "spring", "rows": of("spring")}).to_string();
    refuses("a campaign around", &one, &[], "--column campaignId=");
    let folder = Folder::new();
    let run = backtest(&folder, one, &["--column", "campaignId="]).expect(0);
    assert!(
        run.stdout.contains("24 rows of 1 campaign"),
        "{}",
        run.stdout
    );
}

#[test]
fn events_that_take_turns_with_polls_are_no_campaigns() {
    let events = rows().into_iter().flat_map(|mut row| {
        let object = row.as_object_mut().unwrap();
        object.remove("campaignId");
        object.insert("event".to_owned(), json!("poll"));
        let decision = json!({"timestamp": row["timestamp"], "event": "decision"});
        [row, decision]
    });
    let mut seen = Vec::new();
    let events = events.filter(|event| {
        // One poll and one decision for each time.
        let key = (event["timestamp"].clone(), event["event"].clone());
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
    let apart = events.enumerate().map(|(n, mut event)| {
        event["timestamp"] = json!(format!("2026-03-02T09:{:02}:{:02}Z", n / 4, n % 4 * 15));
        event
    });
    let folder = Folder::new();
    let run = backtest(&folder, lines(apart), &[]).expect(0);
    let warning = "objects have none of the metrics";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[test]
fn members_that_are_of_something_else() {
    let moved = |name: &'static str, to: &'static str, outer: Option<&'static str>| {
        lines_of(&|row| {
            let mut row = row.clone();
            let object = row.as_object_mut().unwrap();
            if let Some(value) = object.remove(name) {
                object.insert(to.to_owned(), json!({ name: value.clone() }));
                if let Some(outer) = outer {
                    object.insert(outer.to_owned(), value);
                }
            }
            row
        })
    };
    for around in ["plan", "forecast", "targets", "limits"] {
        refuses(
            around,
            moved("availableAgents", around, None),
            &[],
            "its objects have no availableAgents",
        );
    }
    refuses(
        "idle agents beside a plan",
        moved("availableAgents", "plan", Some("agentsIdle")),
        &[],
        "such as --column \"availableAgents=agentsIdle\"",
    );
    refuses(
        "two times",
        moved("timestamp", "meta", Some("time")),
        &[],
        "time and meta.timestamp could both be timestamp; name one, such as with --column timestamp=time",
    );
    let told = "members of meta are read";
    reads("one time", moved("timestamp", "meta", None), &[], told);
    reads(
        "a plan after all",
        moved("availableAgents", "plan", None),
        &["--column", "availableAgents=plan.availableAgents"],
        "",
    );
    let folder = Folder::new();
    let run = backtest(&folder, moved("dialRate", "limits", None), &[]).expect(0);
    let warning = "column \"limits.dialRate\" is not read";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[test]
fn tables_of_servers_with_their_columns_before_them() {
    let names: Vec<Value> = ["timestamp", "campaignId", "availableAgents", "answerRate"]
        .iter()
        .map(|name| json!({"name": name, "type": "String"}))
        .collect();
    let told = "rows are the objects of its member data, of which line N is object N";
    let clickhouse = json!({"meta": names, "data": rows(), "rows": 48});
    reads("meta", clickhouse.to_string(), &[], told);
    let pandas = json!({"schema": {"fields": names, "version": 1}, "data": rows()});
    reads("a schema", pretty(&pandas), &[], told);
    let dynamo = lines_of(&|row| {
        let typed = row.as_object().unwrap().iter().map(|(name, value)| {
            let kind = match value {
                Value::Null => json!({"NULL": true}),
                Value::String(text) => json!({"S": text}),
                number => json!({"N": number.to_string()}),
            };
            (name.clone(), kind)
        });
        json!({ "Item": Value::Object(typed.collect()) })
    });
    reads("DynamoDB", dynamo, &[], "members of Item are read");
    let german = lines_of(&|row| {
        let mut row = row.clone();
        let dialed = row["totalCallsDialed"].as_f64();
        if let (Some(dialed), Some(answered)) = (dialed, row["totalCallsAnswered"].as_f64()) {
            let grouped = format!("{}.{:03}", (dialed / 1_000.0).floor(), dialed % 1_000.0);
            row["totalCallsDialed"] = json!(grouped);
            row["answerRate"] = json!((answered / dialed).to_string().replace('.', ","));
        }
        row
    });
    let told = "numbers have decimal commas";
    let folder = Folder::new();
    let run = backtest(&folder, german, &[]).expect(0);
    assert!(run.stderr.contains(told), "{}", run.stderr);
}
