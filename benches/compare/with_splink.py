#!/usr/bin/env python3
"""A table of people.py through Splink on DuckDB, as its documentation recommends for people.

    with_splink.py TABLE.csv CLUSTERS.csv --pairs-for-u 1e7 [--threads 2] [--threshold 0.95] [--model MODEL.json] [--save-model MODEL.json]

The last line of output is JSON: seconds of wall time and processor that importing took, and versions.
"""
import argparse, json, logging, time

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("table")
parser.add_argument("clusters")
parser.add_argument("--pairs-for-u", type=float, default=1e7)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--threshold", type=float, default=0.95)
parser.add_argument("--model")
parser.add_argument("--save-model")
asked = parser.parse_args()

wall, cpu = time.perf_counter(), time.process_time()
import duckdb
import splink
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
imported = {"import_wall": time.perf_counter() - wall, "import_cpu": time.process_time() - cpu}

database = duckdb.connect()
database.execute(f"SET threads={asked.threads}")
digits = "regexp_replace(phone, '[^0-9]', '', 'g')"
database.execute(rf"""
CREATE TABLE people AS SELECT record_id AS unique_id, nullif(gender, '') AS gender,
  nullif(lower(trim(first_name)), '') AS first_name, nullif(lower(trim(last_name)), '') AS last_name,
  nullif(lower(trim(coalesce(last_name, '') || coalesce(first_name, ''))), '') AS whole_name,
  CASE WHEN length({digits}) = 13 AND {digits} LIKE '86%' THEN substr({digits}, 3)
       WHEN length({digits}) = 11 AND phone LIKE '+1%' THEN substr({digits}, 2) ELSE nullif({digits}, '') END AS phone,
  nullif(lower(trim(email)), '') AS email, nullif(upper(id_number), '') AS id_number, nullif(lower(city), '') AS city,
  strftime(coalesce(try_strptime(dob, '%Y-%m-%d'), try_strptime(dob, '%Y/%m/%d'), try_strptime(dob, '%Y%m%d')), '%Y-%m-%d') AS dob,
  nullif(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(address), ' street$', ' st'), ' avenue$', ' ave'),
    ' road$', ' rd'), ' lane$', ' ln'), ' drive$', ' dr'), '') AS address
FROM read_csv('{asked.table}', all_varchar = true, header = true, nullstr = '')""")
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        compare.ForenameSurnameComparison("first_name", "last_name", forename_surname_concat_col_name="whole_name"),
        compare.DateOfBirthComparison("dob", input_is_string=True),
        compare.DamerauLevenshteinAtThresholds("phone", [1]).configure(term_frequency_adjustments=True),
        compare.EmailComparison("email"),
        compare.DamerauLevenshteinAtThresholds("id_number", [1]),
        compare.ExactMatch("city").configure(term_frequency_adjustments=True),
        compare.ExactMatch("gender"),
        compare.JaroWinklerAtThresholds("address", [0.95, 0.88]),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("phone"), block_on("email"), block_on("id_number"), block_on("last_name", "dob"), block_on("first_name", "dob"),
        block_on("whole_name", "city"), block_on("address"), block_on("first_name", "last_name"), block_on("dob", "city"),
        block_on("substr(phone, -4)", "last_name"), block_on("substr(phone, -4)", "first_name"), block_on("substr(phone, 1, 7)", "last_name"),
        "l.first_name = r.last_name and l.last_name = r.first_name and l.dob = r.dob",
    ],
)
linker = Linker(DuckDBAPI(database).register("people", dataset_display_name="people"), asked.model or settings, log_level=logging.ERROR)
if not asked.model:
    sure = [block_on("id_number"), block_on("email"), block_on("phone", "whole_name"), block_on("whole_name", "dob")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=asked.pairs_for_u)
    for rule in (block_on("phone"), block_on("whole_name", "dob"), block_on("id_number")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
predictions = linker.inference.predict(threshold_match_probability=asked.threshold)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, asked.threshold)
database.execute(f"COPY (SELECT unique_id AS record_id, cluster_id FROM {clusters.physical_name}) TO '{asked.clusters}' (HEADER)")
if asked.save_model:
    linker.misc.save_model_to_json(asked.save_model, overwrite=True)
print(json.dumps({**imported, "splink": splink.__version__, "duckdb": duckdb.__version__}))
