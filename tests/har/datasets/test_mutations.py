"""Damaged files of every layout: refused with an error of this library, or read, but never by a crash or a wait."""

import contextlib
import signal
import warnings
from pathlib import Path

import numpy as np
import pytest

from common.errors import FrugalError
from tests.har.datasets.samples import LAYOUTS, content, write

resource = pytest.importorskip("resource", reason="limits of memory are those of Linux and macOS")

MEMORY = 512 * 2**20
#: Far beyond what any of these small files needs: a reader that takes so long waits for ever.
PATIENCE_S = 20
VALUES = [b"x", b"1e308", b"1e999", b"nan", b"inf", b"-1", b"0", b"", b"99999999999999999999", b"0x10", b"1,5", b"\xff"]
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp500"]


def flip_bytes(data, rng):
    damaged = bytearray(data)
    for place in rng.integers(len(data), size=rng.integers(1, 8)):
        damaged[place] = rng.integers(256)
    return bytes(damaged)


def truncate(data, rng):
    return data[: rng.integers(len(data))]


def drop_or_double_lines(data, rng):
    lines = data.split(b"\n")
    start, n = rng.integers(len(lines)), rng.integers(1, 5)
    return b"\n".join(lines[:start] + lines[start : start + n] * rng.choice([0, 2, 3]) + lines[start + n :])


def shuffle_lines(data, rng):
    lines = data.split(b"\n")
    start = rng.integers(len(lines))
    part = lines[start : start + 20]
    return b"\n".join(lines[:start] + [part[i] for i in rng.permutation(len(part))] + lines[start + 20 :])


def replace_a_field(data, rng):
    lines = data.split(b"\n")
    place = rng.integers(len(lines))
    separator = next((mark for mark in (b";", b",", b"\t", b" ") if mark in lines[place]), b",")
    fields = lines[place].split(separator)
    fields[rng.integers(len(fields))] = VALUES[rng.integers(len(VALUES))]
    return b"\n".join([*lines[:place], separator.join(fields), *lines[place + 1 :]])


def encode(data, rng):
    return data.decode("latin-1").encode(ENCODINGS[rng.integers(len(ENCODINGS))])


def insert_something(data, rng):
    place = rng.integers(len(data))
    what = [b"\0", b"\r", b"\n\n \t\n", b'"', b"%", b"#", b"\xef\xbb\xbf", b"1" * 5000, b";" * 100, b"," * 100]
    return data[:place] + what[rng.integers(len(what))] + data[place:]


MUTATIONS = [flip_bytes, truncate, drop_or_double_lines, shuffle_lines, replace_a_field, encode, insert_something]
NAMES = ["{stem} (1){suffix}", "._{stem}{suffix}", "{stem}{suffix}.bak", "x{stem}{suffix}", "{stem}99{suffix}"]


@contextlib.contextmanager
def limits():
    """Little memory, and an end to waiting."""

    def give_up(*_):
        raise AssertionError(f"still reading after {PATIENCE_S} s")

    before = resource.getrlimit(resource.RLIMIT_AS)
    statm = Path("/proc/self/statm")
    if statm.exists():
        used = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    handler = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        resource.setrlimit(resource.RLIMIT_AS, before)


def check_mutations(root, layout, n, seed):
    load, make = LAYOUTS[layout]
    files = make()
    write(root, files)
    whole = content(load(root))
    names = sorted(files)
    rng = np.random.default_rng(seed)
    for i in range(n):
        name = names[rng.integers(len(names))]
        file = root / name
        if rng.random() < 0.05:
            spelling = NAMES[rng.integers(len(NAMES))].format(stem=file.stem, suffix=file.suffix)
            place, damaged = file.with_name(spelling), files[name]
        else:
            mutate = MUTATIONS[rng.integers(len(MUTATIONS))]
            place, damaged = file, mutate(files[name], rng)
        file.unlink()
        place.write_bytes(damaged)
        with limits(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                data = load(root)
            except FrugalError:
                pass
            except Exception as error:
                raise AssertionError(f"{layout}, seed {seed}, mutation {i}, {place.name}: {error!r}") from error
            else:
                check_sound(data, whole if place == file and damaged == files[name] else None)
        place.unlink()
        file.write_bytes(files[name])


def check_sound(data, whole):
    """Finite samples, a label and a person each; the very content where nothing was damaged after all."""
    assert len(data) > 0
    assert all(
        len(samples) and np.isfinite(samples).all() for samples in (data.X if hasattr(data, "X") else data.signals)
    )
    assert whole is None or content(data) == whole


@pytest.mark.parametrize("layout", LAYOUTS)
def test_damaged_files_are_refused_or_read(tmp_path, layout):
    check_mutations(tmp_path, layout, n=25, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_ten_thousand_damaged_files(tmp_path, layout):
    check_mutations(tmp_path, layout, n=10_000 // len(LAYOUTS) + 1, seed=1)
