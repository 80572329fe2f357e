#!/usr/bin/env python3
"""What others make of the same cleaned records: the exact-identifier graph of customer data platforms, and Splink.

    oneid merge INPUT... --normalised compared.csv
    python3 benches/peers.py compared.csv truth.csv [path/to/oneid] > peers.md

The records are those that oneid compares, so that only the matching differs. The graph joins records that share any exact value of an
identifier; a second one leaves out phones and devices, which are shared. Splink (pip install splink) is given the comparisons, blocking
rules and training passes that its documentation recommends for people, and is measured at two thresholds; without it the rows are
skipped, aloud. Figures are those of `oneid eval`.
"""
import csv, json, os, subprocess, sys, tempfile, time

compared, truth = sys.argv[1], sys.argv[2]
oneid = sys.argv[3] if len(sys.argv) > 3 else "target/release/oneid"
rows = list(csv.DictReader(open(compared, newline="", encoding="utf-8")))
work = tempfile.mkdtemp()


def row(name, clusters, cpu):
    path = os.path.join(work, "clusters.csv")
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["source", "record_id", "cluster_id"])
        writer.writerows([r["source"], r["record_id"], c] for r, c in zip(rows, clusters))
    found = json.loads(subprocess.run([oneid, "eval", "--truth", truth, "--clusters", path, "--json"], check=True, capture_output=True).stdout)
    p = found["pairwise"]
    print(f'| {name} | {p["precision"]:.4f} | {p["recall"]:.4f} | {p["f1"]:.4f} | {found["wrong_pairs"]} | {found["missed_pairs"]} '
          f'| {found["b_cubed"]["f1"]:.4f} | {found["exact_cluster"]["f1"]:.4f} | {found["over_merged_people_per_10_000"]:.0f} | {cpu:.1f} |', flush=True)


def graph(fields):
    began = time.process_time()
    parent = list(range(len(rows)))

    def find(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    first = {}
    for number, record in enumerate(rows):
        for field in fields:
            for value in filter(None, (record.get(field) or "").split(" | ")):
                if "*" not in value:
                    other = first.setdefault((field, value), number)
                    parent[find(number)] = find(other)
    return [find(number) for number in range(len(rows))], time.process_time() - began


print("| matching | precision | recall | F1 | wrong pairs | missed pairs | B-cubed F1 | exact cluster F1 | over-merged people per 10,000 | CPU s |")
print("|---|---|---|---|---|---|---|---|---|---|")
own = ["resident_id", "national_id", "certificate", "unionid", "openid", "customer_number", "email"]
row("graph of exact identifiers", *graph(own + ["phone", "device"]))
row("graph of exact identifiers without phones and devices", *graph(own))

try:
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
except ImportError as missing:
    print(f"skipped: Splink ({missing})", file=sys.stderr)
    sys.exit(0)

began = time.process_time()
FIELDS = ["family_name", "given_name", "birth_date", "phone", "email", "resident_id", "unionid", "device", "city", "street"]


def first(record, field):
    value = (record.get(field) or "").split(" | ")[0]
    return "" if "*" in value else value


plain = os.path.join(work, "records.csv")
with open(plain, "w", newline="", encoding="utf-8") as out:
    writer = csv.writer(out)
    writer.writerow(["unique_id"] + FIELDS + ["full_name"])
    for number, record in enumerate(rows):
        values = [first(record, field) for field in FIELDS]
        writer.writerow([number] + values + [values[0] + values[1] if values[0] and values[1] else ""])
has = lambda field: any(first(record, field) for record in rows)
comparisons = [cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="full_name")]
if has("birth_date"): comparisons.append(cl.DateOfBirthComparison("birth_date", input_is_string=True))
if has("phone"): comparisons.append(cl.DamerauLevenshteinAtThresholds("phone", [1]).configure(term_frequency_adjustments=True))
if has("email"): comparisons.append(cl.EmailComparison("email"))
for field in ["resident_id", "unionid", "device"]:
    if has(field): comparisons.append(cl.ExactMatch(field).configure(term_frequency_adjustments=True))
if has("city"): comparisons.append(cl.ExactMatch("city").configure(term_frequency_adjustments=True))
if has("street"): comparisons.append(cl.JaroWinklerAtThresholds("street", [0.95, 0.88]))
blocks = [block_on(f) for f in ["phone", "email", "resident_id", "unionid", "device"] if has(f)]
blocks += [block_on("family_name", "birth_date"), block_on("given_name", "birth_date"), block_on("full_name"), block_on("full_name", "city"),
           block_on("substr(phone, -4)", "family_name"), block_on("substr(phone, -4)", "given_name"), block_on("birth_date", "city")]
connection = duckdb.connect()
connection.execute(f"create table records as from read_csv('{plain}', all_varchar=true, header=true, nullstr='')")
settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocks)
api = DuckDBAPI(connection)
given = api.register("records") if hasattr(api, "register") else "records"
linker = Linker(given, settings) if hasattr(api, "register") else Linker("records", settings, api)
train = linker.training
certain = [block_on(f) for f in ["resident_id", "email"] if has(f)] + [block_on("full_name", "birth_date"), block_on("phone", "full_name")]
train.estimate_probability_two_random_records_match(certain, recall=0.8)
train.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
for rule in [block_on("phone"), block_on("full_name", "birth_date"), block_on("full_name")] + ([block_on("resident_id")] if has("resident_id") else []):
    train.estimate_parameters_using_expectation_maximisation(rule)
predicted = linker.inference.predict(threshold_match_probability=0.05)
for threshold in [0.95, 0.99]:
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold).as_pandas_dataframe()
    label = dict(zip(clusters.unique_id.astype(int), clusters.cluster_id))
    row(f"Splink, links from {threshold}", [label.get(number, number) for number in range(len(rows))], time.process_time() - began)
