"""Accuracy beside other methods: runs what is not stored yet, then writes the report. `make rivals DATA=PATH`, or

    python -m tests.benchmarks.rivals --data PATH --aeon .venv-rivals/bin/python
    python -m tests.benchmarks.rivals --data PATH --aeon .venv-rivals/bin/python --sets uci-har weda-fall --seeds 0
    python -m tests.benchmarks.rivals --data PATH --report

PATH holds a folder for each data set, named like it (umafall, sisfall, motionsense, weda-fall, uci-har; docs/data.md);
the smartwatch comes with its package. Every method and every fold first with seed 0, then with the others.
"""

import argparse
import os
from pathlib import Path

# Before NumPy and TensorFlow are imported, which read them once: one thread for everybody.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
             "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):  # fmt: skip
    os.environ[name] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tests.benchmarks.rivals.benchmark_sets import SOURCES, BenchmarkSet, load_set  # noqa: E402
from tests.benchmarks.rivals.methods.registry import METHODS  # noqa: E402
from tests.benchmarks.rivals.other_environment import OtherEnvironment  # noqa: E402
from tests.benchmarks.rivals.report import write_report  # noqa: E402
from tests.benchmarks.rivals.running import Runner  # noqa: E402

MEASURED = ("umafall", "smartwatch", "sisfall", "motionsense-17-24", "motionsense")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of all data sets")
    parser.add_argument("--aeon", type=Path, help="python of an environment with aeon")
    parser.add_argument("--sets", nargs="+", choices=SOURCES, default=MEASURED)
    parser.add_argument("--methods", nargs="+", choices=[method.name for method in METHODS])
    parser.add_argument("--seeds", nargs="+", type=int, default=(0, 1, 2))
    parser.add_argument("--cache", type=Path, default=Path("results/rivals"), help="where outcomes are stored")
    parser.add_argument("--out", type=Path, default=Path("docs/results"), help="where the report goes")
    parser.add_argument("--report", action="store_true", help="report what is stored, run nothing")
    arguments = parser.parse_args()

    sets = [load_set(name, arguments.data) for name in arguments.sets]
    if not arguments.report:
        with OtherEnvironment(arguments.aeon) as other:
            run(Runner(arguments.cache, other), sets, arguments.methods, arguments.seeds)
    for path in write_report(Runner(arguments.cache, None), sets, arguments.seeds, arguments.out):
        print(path)


def run(runner: Runner, sets: list[BenchmarkSet], names: list[str] | None, seeds: list[int]) -> None:
    """Every method on every set with one seed before the next seed."""
    methods = [method for method in METHODS if names is None or method.name in names]
    for seed in seeds:
        for data in sets:
            for method in methods:
                for fold in range(len(data.folds)):
                    choice = runner.choice(data, method, fold)
                    outcome = runner.test(data, method, choice, fold, seed)
                    print(
                        f"seed {seed}  {data.name}  {method.name}  fold {fold}: {choice.setting}, "
                        f"{outcome.kept_bytes:,} B, {outcome.training_s:.0f} s of training", flush=True,
                    )  # fmt: skip


if __name__ == "__main__":
    main()
