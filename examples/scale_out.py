"""Past one machine: validate more settings than it can, or search more training windows than it holds.

    python examples/scale_out.py validate                            (the smartwatch, a local cluster of two workers)
    python examples/scale_out.py validate --data motionsense --root PATH --scheduler tcp://HOST:8786
    python examples/scale_out.py knn --copies 20

`har.validate_neighbors` runs its work through joblib, which has several backends: by default threads of this process,
here Dask. `har.distributed` keeps training windows on the workers. This library must be installed on them. See
https://docs.dask.org/en/stable/deploying.html for clusters by SSH, Slurm or Kubernetes.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import joblib
import numpy as np
import pandas as pd
import typer

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
import har
from common.optional import require
from examples import lab1_data as lab1
from examples.scale_out_neighbors import compare_searches, search_problem
from examples.terminal import console, explained
from har.preprocessing import ScaleChannels

BANDS = (0, 1, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, None)
SIZES = (1, 2, 3, 4, 6, 8)
NEIGHBORS = (1, 2, 3, 4, 5, 6)


@contextmanager
def cluster(scheduler: str | None, workers: int) -> Iterator[str]:
    """Connect to a running cluster, or start one on this machine; yields the address of its dashboard."""
    distributed = require("distributed", extra="cluster", purpose="a cluster")
    if scheduler is None:
        # Processes with one thread each: learning holds Python's lock part of the time.
        local = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0"
        )
        with local, distributed.Client(local) as client:
            yield client.dashboard_link
        return
    try:
        client = distributed.Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise common.InvalidInputError(
            f"--scheduler {scheduler} does not answer ({error}): start one with `dask scheduler`, and workers with "
            "`dask worker ADDRESS` where this library is installed"
        ) from error
    with client:
        yield client.dashboard_link


def validate(windows: har.Windows, *, folds: int, seed: int, verbose: int = 0) -> pd.DataFrame:
    """Every band with every number of neighbours, and with every number of profiles of each method."""
    X = ScaleChannels().fit_transform(windows.X)
    options = {"bands": BANDS, "cv": folds, "random_state": seed, "n_jobs": -1, "verbose": verbose}
    all_windows = har.validate_neighbors(X, windows.y, windows.groups, n_neighbors=NEIGHBORS, **options)
    profiles = [
        har.validate_neighbors(
            X, windows.y, windows.groups, n_neighbors=[1], n_prototypes=SIZES, method=method, **options
        ).assign(method=method)
        for method in ("learned", "barycenter", "medoid")
    ]
    table = pd.concat([all_windows.assign(method="all windows"), *profiles], ignore_index=True)
    return table.sort_values(["accuracy", "macs"], ascending=[False, True], ignore_index=True, kind="stable")


def training_windows(data: lab1.Data, root: Path | None, people: int | None, seed: int) -> har.Windows:
    """The windows of Lab 1 at the low rate, without the test people if these are fixed."""
    lab = lab1.load(data, root, None, 5, seed)
    windows = lab1.at_low_rate(lab)
    rows = lab.splits[0].train if len(lab.splits) == 1 else np.arange(len(windows.y))
    if people is not None:
        rows = rows[np.isin(windows.groups[rows], np.unique(windows.groups[rows])[:people])]
    return windows.subset(rows)


app = typer.Typer(
    help="Past one machine: validate more settings than it can, or search more training windows than it holds.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(name="validate")
def validate_settings(
    data: Annotated[
        lab1.Data, typer.Option(metavar="NAME", help=f"What to validate on (docs/data.md): {', '.join(lab1.Data)}.")
    ] = lab1.Data.smartwatch,
    root: Annotated[Path | None, typer.Option(help="Folder of a data set that you downloaded.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler; default: a local one.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes of the local cluster.")] = 2,
    folds: Annotated[int, typer.Option(min=2, help="Folds, by person.")] = 5,
    people: Annotated[int | None, typer.Option(min=2, help="Use only this many people, for a first try.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    out: Annotated[Path, typer.Option(help="Where the table goes.")] = Path("results/scale_out.csv"),
) -> None:
    """Validate hundreds of settings: the table is that of one machine."""
    with explained():
        windows = training_windows(data, root, people, seed)
        began = time.perf_counter()
        with cluster(scheduler, workers) as page, joblib.parallel_config(backend="dask"):
            console.print(f"{len(windows.y)} windows of {len(np.unique(windows.groups))} people. Watch: {page}")
            table = validate(windows, folds=folds, seed=seed, verbose=1)
    out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(out, index=False)
    printed = table[["method", "band", "n_neighbors", "n_prototypes", "accuracy", "std", "macs"]].head(10)
    console.print(printed.round(3).to_string(index=False), highlight=False)
    console.print(f"{len(table)} settings in {time.perf_counter() - began:.0f} s: {out}", highlight=False)


@app.command()
def knn(
    data: Annotated[
        lab1.Data, typer.Option(metavar="NAME", help=f"What to search (docs/data.md): {', '.join(lab1.Data)}.")
    ] = lab1.Data.smartwatch,
    root: Annotated[Path | None, typer.Option(help="Folder of a data set that you downloaded.")] = None,
    copies: Annotated[int, typer.Option(min=1, help="Search this many noisy copies of each window.")] = 10,
    queries: Annotated[int, typer.Option(min=1, help="Windows whose neighbours are sought.")] = 500,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler; default: a local one.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes of the local cluster.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
) -> None:
    """Search training windows that lie on the workers: the neighbours are those of one machine."""
    with explained():
        windows = training_windows(data, root, None, seed)
        X, y, asked = search_problem(windows, copies, queries, seed)
        with cluster(scheduler, workers) as page:
            console.print(f"{len(X)} training windows, {len(asked)} queries. Watch: {page}")
            console.print(str(compare_searches(X, y, asked)), highlight=False)


if __name__ == "__main__":
    app()
