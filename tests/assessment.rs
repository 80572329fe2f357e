//! What `eval` and `train` say of a merge is what the merge does.
#![cfg(feature = "full")]

mod program;

use program::{done, fixture, four_channels, oneid};
use serde_json::Value;
use std::path::Path;

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(folder, arguments).out).expect("JSON")
}

/// The command with the four channels behind it.
fn with_channels<'a>(arguments: &[&'a str], channels: &'a [String]) -> Vec<&'a str> {
    arguments.iter().copied().chain(channels.iter().map(String::as_str)).collect()
}

fn sum(of: &Value) -> u64 {
    of.as_object().expect("an object").values().map(|pairs| pairs.as_u64().expect("a count")).sum()
}

#[test]
fn an_assessment_with_records_is_that_of_the_plain_merge_and_adds_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let channels = four_channels();
    let truth = fixture("four_channels/truth/truth.csv").display().to_string();
    // At the threshold that a merge chooses nothing is wrong.
    std::fs::write(folder.join("low.toml"), "[thresholds]\nlink = 0.05\n").expect("written");
    done(folder, &with_channels(&["merge", "--config", "low.toml", "--clusters", "out.csv"], &channels));
    let of_labels = json(folder, &["eval", "--truth", &truth, "--clusters", "out.csv", "--json"]);
    let arguments = ["eval", "--config", "low.toml", "--truth", &truth, "--json", "--samples", "3", "--errors", "errors.csv"];
    let of_records = json(folder, &with_channels(&arguments, &channels));
    for (name, value) in of_labels.as_object().expect("an object").iter().filter(|(name, _)| *name != "diagnosis") {
        assert_eq!(of_records[name], *value, "{name}");
    }
    let with_clusters = [&arguments[..], &["--clusters", "out.csv"]].concat();
    assert_eq!(json(folder, &with_channels(&with_clusters, &channels)), of_records, "the same clusters from a file");

    let diagnosis = &of_records["diagnosis"];
    let (missed, wrong) = (of_records["missed_pairs"].as_u64().expect("a count"), of_records["wrong_pairs"].as_u64().expect("a count"));
    assert!(missed > 0 && wrong > 0, "the fixture is not that easy");
    assert_eq!((sum(&diagnosis["missed"]), sum(&diagnosis["wrong"])), (missed, wrong));
    let errors = std::fs::read_to_string(folder.join("errors.csv")).expect("written");
    assert_eq!(errors.lines().count() as u64, 1 + missed + wrong);

    let at = diagnosis["at_thresholds"].as_array().expect("a list");
    let in_use = at.iter().find(|at| at["in_use"] == true).expect("the threshold in use");
    assert_eq!((&in_use["pairwise"], in_use["wrong_pairs"].as_u64()), (&of_records["pairwise"], Some(wrong)));
    let f1 = |at: &Value| at["pairwise"]["f1"].as_f64().expect("a figure");
    let best = at.iter().find(|at| at["link"] == diagnosis["best_threshold"]).expect("one of them");
    assert!(at.iter().all(|at| f1(at) <= f1(best)) && at.len() > 10);

    let blocking = |name: &str| diagnosis["blocking"][name].as_u64().expect("a count");
    assert_eq!(Some(blocking("true_pairs")), of_records["true_pairs"].as_u64());
    let never = ["blocking_would_link", "blocking_would_not_link"].map(|reason| diagnosis["missed"][reason].as_u64().unwrap_or(0));
    assert!(blocking("true_pairs") - blocking("compared") >= never.iter().sum::<u64>());
    let findable = blocking("findable_compared") as f64 / blocking("findable") as f64;
    assert!(findable >= 0.99, "blocking reaches {findable} of the findable pairs");

    for slices in [&of_records["by_source"], &diagnosis["by_script"], &diagnosis["by_presence"][0]["slices"]] {
        let total = |name: &str| slices.as_array().expect("a list").iter().map(|slice| slice[name].as_u64().expect("a count")).sum::<u64>();
        assert_eq!(
            (Some(total("true_pairs")), Some(total("found_pairs"))),
            (of_records["true_pairs"].as_u64(), of_records["found_pairs"].as_u64())
        );
    }
    let examples = diagnosis["examples"].as_array().expect("a list");
    assert_eq!(examples.iter().map(|example| example["error"].as_str().expect("a word")).filter(|error| *error == "missed").count(), 3);
    assert_eq!(examples.len() as u64, 3 + wrong.min(3));
    for example in examples {
        let explanation = &example["explanation"];
        let rows = explanation["rows"].as_array().expect("a list").iter();
        let parts = rows.flat_map(|row| [&row["weight"], &row["term_frequency"]]).chain([&explanation["prior"]["weight"]]);
        let total: i64 = parts.map(|weight| weight["stranger"].as_i64().expect("units")).sum();
        assert_eq!(Some(total), explanation["total"]["stranger"].as_i64());
    }

    let shown = done(folder, &with_channels(&["eval", "--config", "low.toml", "--truth", &truth], &channels)).out;
    let last = 2 + wrong.min(2);
    for words in [
        "95 % within",
        "best F1",
        "in use",
        "Why pairs are missed, and why wrong",
        "Han - Latin",
        "phone in both",
        &format!("Example {last} of {last}, wrong"),
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn recall_of_blocking_is_estimated_without_labels_and_checked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let channels = four_channels();
    let truth = fixture("four_channels/truth/truth.csv").display().to_string();
    let found = json(folder, &with_channels(&["analyze", "--json"], &channels));
    let recall = &found["recall"];
    let number = |of: &Value, name: &str| of[name].as_f64().expect("a number");
    assert!((number(recall, "recall") - number(recall, "found") / (number(recall, "found") + number(recall, "missed"))).abs() < 1e-9);
    let figures = json(folder, &with_channels(&["eval", "--truth", &truth, "--json"], &channels));
    let blocking = &figures["diagnosis"]["blocking"];
    assert_eq!(found["candidate_pairs"], blocking["candidate_pairs"]);
    let real = number(blocking, "compared") / number(blocking, "true_pairs");
    assert!((number(recall, "recall") - real).abs() < 0.1, "{recall} {real}");
    let held_out = recall["held_out"].as_array().expect("a list");
    assert_eq!(held_out[0]["field"], "resident_id");
    for held in held_out {
        assert!(
            (number(held, "recall") - number(held, "found") / number(held, "pairs")).abs() < 1e-9
                && held["estimated"].as_f64().is_none_or(|estimated| estimated <= 1.0)
        );
    }
    let shown = done(folder, &with_channels(&["analyze"], &channels)).out;
    assert!(
        shown.contains("recall of blocking: 0.")
            && shown.contains("that share a resident ID, rules that look at no certificate or account find"),
        "{shown}"
    );
}

#[test]
fn train_learns_what_a_merge_learns_and_labels_count() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let channels = four_channels();
    let truth = fixture("four_channels/truth/truth.csv").display().to_string();
    done(folder, &with_channels(&["merge", "--save-model", "merged.json"], &channels));
    let shown = done(folder, &with_channels(&["train", "--save-model", "trained.json", "--show"], &channels)).out;
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("written");
    assert_eq!(read("merged.json"), read("trained.json"));
    for words in ["birth date", "one digit off or swapped", "Links from match probability 0.7", "the model is in trained.json"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let again = done(folder, &["train", "--model", "trained.json", "--show"]).out;
    assert!(shown.starts_with(&again), "{again}");

    let labelled = json(folder, &with_channels(&["train", "--labels", &truth, "--json", "--save-model", "labelled.json"], &channels));
    let plain: Value = serde_json::from_str(&read("trained.json")).expect("JSON");
    assert_ne!(labelled["id"], plain["id"]);
    // The truth of the fixture holds every record: pairs of one person are counted, no longer guessed.
    let matches = labelled["prior"]["matches_per_record"].as_f64().expect("a number");
    let records = labelled["trained_on"]["records"].as_f64().expect("a number");
    let figures = json(folder, &with_channels(&["eval", "--truth", &truth, "--model", "labelled.json", "--json"], &channels));
    let compared = figures["diagnosis"]["blocking"]["compared"].as_f64().expect("a count");
    assert!((matches * records / compared - 1.0).abs() < 0.02, "{matches} {records} {compared}");

    std::fs::write(folder.join("strange.csv"), "record_id,cluster_id\nnobody,1\n").expect("written");
    let refused = oneid(folder, &with_channels(&["train", "--labels", "strange.csv", "--show"], &channels));
    assert!(refused.code == 65 && refused.err.contains("about the same data"), "{refused:?}");
    for wrong in [&["train"][..], &["train", "--model", "trained.json"], &with_channels(&["train"], &channels)] {
        assert_eq!(oneid(folder, wrong).code, 64, "{wrong:?}");
    }
}
