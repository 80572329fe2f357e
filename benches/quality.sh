#!/usr/bin/env bash
# Plain merges against known truth: one line a data set. Public sets are read from $ONEID_DATA and skipped, aloud, where they
# are not there; synthetic customers are made by the program itself.
#
#     ONEID_DATA=path/to/data PEOPLE=path/to/people_100k benches/quality.sh [path/to/oneid] > quality.md
#
# PEOPLE is the prefix of a table of made-up people over four sources with its truth (PEOPLE.csv, PEOPLE_truth.csv); TRIALS a folder that
# benches/trial_files.py filled.
set -euo pipefail
oneid=${1:-target/release/oneid}
customers=${CUSTOMERS:-20000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

row() { # name truth input...
    local name=$1 truth=$2; shift 2
    local code=0
    "$oneid" merge "$@" --clusters "$work/clusters.csv" --report "$work/report.json" > /dev/null || code=$?
    # 1 is a merge that rejected rows: its clusters are whole.
    if [ "$code" -gt 1 ]; then echo "$name: the merge ended with code $code" >&2; return "$code"; fi
    "$oneid" eval --truth "$truth" --clusters "$work/clusters.csv" --json > "$work/eval.json"
    python3 - "$name" "$work/eval.json" "$work/report.json" <<'PY'
import json, sys
name, found, run = sys.argv[1], json.load(open(sys.argv[2])), json.load(open(sys.argv[3]))
pair, exact, b3 = found["pairwise"], found["exact_cluster"], found["b_cubed"]
cpu = sum(phase["cpu_seconds"] for phase in run["phases"])
print(f'| {name} | {pair["precision"]:.4f} | {pair["recall"]:.4f} | {pair["f1"]:.4f} | {found["wrong_pairs"]} | {found["missed_pairs"]} '
      f'| {b3["f1"]:.4f} | {exact["f1"]:.4f} | {found["over_merged_people_per_10_000"]:.0f} | {run["candidate_pairs"]} | {cpu:.1f} |')
PY
}

echo '| data | precision | recall | F1 | wrong pairs | missed pairs | B-cubed F1 | exact cluster F1 | over-merged people per 10,000 | pairs compared | CPU s |'
echo '|---|---|---|---|---|---|---|---|---|---|---|'
for set in febrl1 febrl3 febrl4 febrl_A_10k febrl_250k rldata10000 splink_fake_1000 ons_census_cis; do
    folder=${ONEID_DATA:-}/$set
    records=$(ls "$folder"/records.csv "$folder"/records.csv.gz 2>/dev/null | head -1 || true)
    truth=$(ls "$folder"/truth.csv "$folder"/truth.csv.gz 2>/dev/null | head -1 || true)
    if [ -z "$records" ]; then echo "skipped: $set is not in \$ONEID_DATA" >&2; else row "$set" "$truth" "$records"; fi
done
if [ -f "${PEOPLE:-}.csv" ]; then row "$(basename "$PEOPLE")" "${PEOPLE}_truth.csv" "$PEOPLE.csv"; else echo "skipped: PEOPLE names no table of people" >&2; fi
if [ -z "${TRIALS:-}" ]; then echo "skipped: TRIALS names no folder of trial files" >&2; fi
for truth in "${TRIALS:-/nowhere}"/*_truth.csv; do
    name=${truth%_truth.csv}
    # One table, or two of a name and a word.
    if [ -f "$name.csv" ]; then row "$(basename "$name")" "$truth" "$name.csv"; elif [ -f "$truth" ]; then row "$(basename "$name")" "$truth" "$name"_[!t]*.csv; fi
done
for seed in ${SEEDS:-1 2 3 4 5}; do
    "$oneid" synth --customers "$customers" --seed "$seed" --out "$work/synth" 2> /dev/null
    data=$work/synth
    row "synth $customers, usual errors, seed $seed" "$data/truth/truth.csv" "$data/crm.csv" "$data/app.jsonl" "$data/mini_program.jsonl" "$data/branch.csv"
done
