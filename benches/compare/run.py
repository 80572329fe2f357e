#!/usr/bin/env python3
"""oneid and Splink on the same people, on this machine, in turn.

    python3 benches/compare/run.py [--records 1000000] [--rounds 3] [--oneid target/release/oneid] [--work FOLDER] [--json OUT.json]
                                   [--well-trained] [--table PREFIX]

Makes a Python environment in FOLDER with the peer and the lists that the people are made of (pip installs splink and faker, of the
versions below), makes the people, and then lets each take them in turn, several times: CSV in, clusters out. Counted are the processor time and the largest
memory of the process with all that it starts; the time in which the peer is imported is left out. Clusters are compared with the truth by
`oneid eval`. Printed are medians, and of each round's ratios the median, the least and the largest: machines are noisy, rounds are not
compared with each other.

  learning      oneid learns its model; the peer trains as its documentation shows, u from 10 million pairs, which is weak (--well-trained
                lets it train from 100 million, once); that is drawn anew in each round, so that its F1 differs a little
  with a model  both weigh with the model that they learnt before

Both take all processors that this process may use.

--table PREFIX takes other people (PREFIX.csv and PREFIX_truth.csv with the same columns). Nothing of this is needed to build or test.
"""
import argparse, json, os, platform, statistics, subprocess, sys, tempfile, time, venv

PACKAGES = ["splink==5.0.0", "faker==40.63.0"]
HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = len(os.sched_getaffinity(0))


def environment(folder):
    python = os.path.join(folder, "venv", "bin", "python")
    done = os.path.join(folder, "venv", "installed")
    if not os.path.exists(done):
        print("making the environment", file=sys.stderr)
        venv.create(os.path.join(folder, "venv"), with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True, stdout=sys.stderr)
        open(done, "w").close()
    return python


def measured(command, good):
    """What a process and all that it starts take: its last line of output, wall and processor seconds, largest memory in MB."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=errors, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), errors.seek(0)
        if child.returncode not in good:
            sys.exit(f"{' '.join(command)}\nended with {child.returncode}:\n{errors.read().decode()[-2000:]}")
        lines = out.read().decode().strip().splitlines()
        return lines[-1] if lines else "", wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Contest:
    def __init__(self, asked, python, prefix):
        self.asked, self.python, self.prefix = asked, python, prefix
        self.work = os.path.join(asked.work, "runs")
        os.makedirs(self.work, exist_ok=True)
        self.versions = {}

    def path(self, name):
        return os.path.join(self.work, name)

    def clusters(self, who):
        """Where somebody's clusters go; those of an earlier run are removed."""
        path = self.path(f"{who}.csv")
        if os.path.exists(path):
            os.remove(path)
        return path

    def oneid(self, *more):
        clusters = self.clusters("oneid")
        # 1 is a merge that rejected rows.
        command = [self.asked.oneid, "merge", f"{self.prefix}.csv", "--clusters", clusters, *more]
        _, wall, cpu, memory = measured(command, good=(0, 1))
        return self.judged("oneid", clusters, wall, cpu, memory)

    def splink(self, *more):
        clusters = self.clusters("splink")
        command = [self.python, os.path.join(HERE, "with_splink.py"), f"{self.prefix}.csv", clusters, "--threads", str(THREADS), *more]
        last, wall, cpu, memory = measured(command, good=(0,))
        told = json.loads(last)
        self.versions = {name: told[name] for name in ("splink", "duckdb")}
        return self.judged("Splink", clusters, wall - told["import_wall"], cpu - told["import_cpu"], memory)

    def judged(self, who, clusters, wall, cpu, memory):
        command = [self.asked.oneid, "eval", "--truth", f"{self.prefix}_truth.csv", "--clusters", clusters, "--json"]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["pairwise"]
        print(f"  {who}: {cpu:.1f} CPU s, {wall:.1f} s, {memory:.0f} MB, F1 {found['f1']:.4f}", file=sys.stderr)
        return {"cpu": cpu, "wall": wall, "memory": memory, **{name: found[name] for name in ("precision", "recall", "f1")}}


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--oneid", default="target/release/oneid")
    parser.add_argument("--work", default="target/compare")
    parser.add_argument("--table")
    parser.add_argument("--well-trained", action="store_true", help="let the peer train once from a hundred million pairs, too")
    parser.add_argument("--json")
    asked = parser.parse_args()
    os.makedirs(asked.work, exist_ok=True)
    python = environment(asked.work)
    prefix = asked.table or os.path.join(asked.work, f"people_{asked.records}")
    if not os.path.exists(f"{prefix}.csv"):
        part = prefix + "_part"
        subprocess.run([python, os.path.join(HERE, "people.py"), str(asked.records), part], check=True, stdout=sys.stderr)
        for end in ("_truth.csv", ".csv"):
            os.rename(part + end, prefix + end)
    contest = Contest(asked, python, prefix)
    models = {"oneid": contest.path("oneid_model.json"), "Splink": contest.path("splink_model.json")}
    contests = {
        "learning": (lambda: contest.oneid("--save-model", models["oneid"]), lambda: contest.splink("--save-model", models["Splink"])),
        "with a model": (lambda: contest.oneid("--model", models["oneid"]), lambda: contest.splink("--model", models["Splink"])),
    }
    rounds = {name: [] for name in contests}
    for number in range(asked.rounds):
        for name, (ours, theirs) in contests.items():
            print(f"round {number + 1}, {name}", file=sys.stderr)
            # Who begins changes, so that neither always finds a warm machine.
            rounds[name].append(dict(zip(("oneid", "Splink"), [ours(), theirs()] if number % 2 == 0 else [theirs(), ours()][::-1])))
    if asked.well_trained:
        print("the peer, trained from a hundred million pairs", file=sys.stderr)
        rounds["well trained"] = [{"Splink": contest.splink("--pairs-for-u", "1e8")}]

    print(f"{os.path.basename(prefix)}: {asked.rounds} rounds in turn, {THREADS} processors, {platform.machine()}, "
          f"Splink {contest.versions['splink']}, DuckDB {contest.versions['duckdb']}\n")
    print("| | | CPU s | wall s | largest memory, MB | precision | recall | F1 |\n|---|---|---|---|---|---|---|---|")
    for name, of_name in rounds.items():
        for who in ("oneid", "Splink"):
            runs = [run[who] for run in of_name if who in run]
            if runs:
                middle = {of: statistics.median(run[of] for run in runs) for of in runs[0]}
                print(f"| {name} | {who} | {middle['cpu']:.1f} | {middle['wall']:.1f} | {middle['memory']:.0f} | {middle['precision']:.4f} "
                      f"| {middle['recall']:.4f} | {middle['f1']:.4f} |")
    print("\nHow many times as much the peer took, round by round: median (least-largest)\n\n| | CPU | wall | memory |\n|---|---|---|---|")
    for name in contests:
        ratios = {of: [run["Splink"][of] / run["oneid"][of] for run in rounds[name]] for of in ("cpu", "wall", "memory")}
        print(f"| {name} | {spread(ratios['cpu'])} | {spread(ratios['wall'])} | {spread(ratios['memory'])} |")
    if asked.json:
        with open(asked.json, "w") as out:
            json.dump({"versions": contest.versions, "rounds": rounds}, out, indent=1)


if __name__ == "__main__":
    main()
