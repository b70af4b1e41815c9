"""Coded models: restored to the bit, as small as deep compression promises, and closed to hostile bytes."""

import os
import stat
import tracemalloc
import zlib
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings, strategies as st

import fall
from common.costs.ledger import Cost
from common.errors import FrugalError, InvalidInputError, ModelIntegrityError, UnsafeInputError
from fall import CompressedModel, TFLiteFallClassifier, build_network, load_coded, save_coded, tflite
from fall.compression.storage.byte_reader import varint
from fall.compression.storage.segments import encode_bytes
from fall.costs import stored_sizes
from fall.tflite.coded.constants import constant_segments
from fall.tflite.coded.container import decode_files, encode_files
from fall.tflite.coded.saving import _decode
from fall.tflite.file import read_graph
from tests.fall.converted import compressed, content, noise

MODELS = [("perceptron", 8), ("separable_cnn", 32)]
LIMIT = 1_000_000


def forged(body):
    """The bytes with a checksum that fits: what somebody who means harm sends."""
    return body + zlib.crc32(body).to_bytes(4, "little")


def with_weights(patterns):
    """A float32 file whose largest constant begins with these bits."""
    made = content("perceptron", 8)
    largest = max(constant_segments(read_graph(made)), key=lambda segment: segment.n_words)
    data = np.asarray(patterns, "<u4").tobytes()
    return made[: largest.start] + data + made[largest.start + len(data) :]


@pytest.mark.promise("A coded .tflite file is restored to the bit")
@pytest.mark.parametrize("scheme", ["float32", "float16", "dynamic_int8", "int8", "int16x8"])
@pytest.mark.parametrize(("name", "side"), MODELS)
def test_every_file_is_restored_to_the_bit(tmp_path, name, side, scheme):
    made = content(name, side, scheme)
    save_coded(made, tmp_path / "model")
    assert load_coded(tmp_path / "model") == made
    assert (tmp_path / "model").stat().st_size == stored_sizes(made).coded < len(made)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"classes_": np.array([0, 1]), "history": None},
        {"classes_": np.array(["Sturz 跌倒", "ни́что"]), "threshold_": 1.5},
        {"recipe": "my own, in 4 bits", "threshold_": 0.1 + 0.2},
    ],
)
def test_a_model_comes_back_with_all_that_it_knows(tmp_path, changes):
    model = compressed(**changes)
    save_coded(model, tmp_path / "model.anything")
    restored = load_coded(tmp_path / "model.anything")
    assert isinstance(restored, CompressedModel)
    for field in fields(CompressedModel):
        one, other = getattr(model, field.name), getattr(restored, field.name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other)
        elif isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, other, strict=True)
        elif field.name != "graph":
            assert one == other, field.name
    answers = [TFLiteFallClassifier(one).predict_proba(noise(8, 32)) for one in (model, restored)]
    np.testing.assert_array_equal(*answers)


def test_a_wrong_cost_is_counted_again(tmp_path):
    model = replace(compressed(), cost=Cost(params=1, macs=2))
    save_coded(model, tmp_path / "model")
    assert load_coded(tmp_path / "model").cost == compressed().cost


# −0.0, quiet and signalling NaN with payloads of both signs, infinities, the smallest subnormal numbers.
ODD = [0x80000000, 0x7FC00001, 0x7F800001, 0xFFC12345, 0xFF812345, 0x7F800000, 0xFF800000, 0x00000001, 0x80000001]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([0, 0, 0, 0x3F800000, *ODD]) | st.integers(0, 2**32 - 1), max_size=3000))
@example([0x80000000] * 3000)
@example([0, 0x80000000] * 1500)
@example(ODD * 300)
def test_odd_weights_keep_every_bit(patterns):
    made = with_weights(patterns)
    assert decode_files(encode_files(read_graph(made), {}), max_bytes=LIMIT) == {"model.tflite": made}


def deep_compressed(size):
    """The lecture's network with 93% of its weights zero and 16 values in each layer: its file, before and after."""
    rng = np.random.default_rng(0)
    model = build_network("lecture_cnn", (size, size, 3))
    before = tflite.convert(model)
    for layer in model.layers:
        if layer.count_params() >= 1000:
            kernel, *others = layer.get_weights()
            kernel = rng.choice(rng.normal(size=16).astype(np.float32), kernel.shape)
            layer.set_weights([kernel * (rng.random(kernel.shape) < 0.07) + 0, *others])
    return before, tflite.convert(model)


def test_deep_compression_is_38_times_smaller_as_a_file(tmp_path):
    before, after = deep_compressed(96)
    save_coded(after, tmp_path / "model")
    assert len(before) >= 38 * (tmp_path / "model").stat().st_size
    assert load_coded(tmp_path / "model") == after


@pytest.mark.parametrize("size", [64, 96])
def test_the_coded_size_is_that_of_the_file_but_for_what_stands_beside_the_network(tmp_path, size):
    _, after = deep_compressed(size)
    model = CompressedModel(
        "deep_compression", after, fall.tflite_cost(after).total, None, np.array([0, 1]), 0.5, input_size=size
    )
    save_coded(model, tmp_path / "model")
    assert stored_sizes(after).coded < (tmp_path / "model").stat().st_size < stored_sizes(after).coded + 500


def test_the_file_is_replaced_at_once_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "deeper" / "model"
    save_coded(content("perceptron", 8), path)
    path.chmod(0o640)
    save_coded(compressed(), path)
    assert isinstance(load_coded(path), CompressedModel)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == ["model"]


def test_a_full_disk_leaves_the_older_file(tmp_path, monkeypatch):
    path = tmp_path / "model"
    save_coded(content("perceptron", 8), path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            save_coded(compressed(), path)
    assert load_coded(path) == content("perceptron", 8)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_every_cut_and_many_flipped_bits_are_noticed(tmp_path):
    data = encode_files(read_graph(content("perceptron", 8, "int8")), {})
    for end in range(len(data)):
        with pytest.raises(ModelIntegrityError):
            decode_files(data[:end], max_bytes=LIMIT)
    for place in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[place // 8] ^= 1 << place % 8
        with pytest.raises(ModelIntegrityError):
            decode_files(bytes(damaged), max_bytes=LIMIT)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A whole coded model without its checksum."""
    path = tmp_path_factory.mktemp("saved") / "model"
    save_coded(compressed(), path)
    return path.read_bytes()[:-4]


def test_thousands_of_mutants_raise_our_errors_in_bounded_memory(saved):
    rng = np.random.default_rng(0)
    outcomes = {"model": 0, "refused": 0}
    tracemalloc.start()
    try:
        for _ in range(3000):
            body = bytearray(saved)
            # Most of the structure lies at the beginning, and between the files at the end.
            for _ in range(rng.integers(1, 5)):
                place = rng.integers(5, len(body)) if rng.random() < 0.5 else rng.integers(5, 80)
                kind = rng.integers(4)
                if kind == 0:
                    body[place] = rng.integers(256)
                elif kind == 1:
                    body[place] ^= 1 << rng.integers(8)
                elif kind == 2:
                    del body[place : place + rng.integers(1, 9)]
                else:
                    body[place:place] = rng.bytes(rng.integers(1, 9))
            try:
                _decode(forged(bytes(body)), LIMIT)
                outcomes["model"] += 1
            except FrugalError:
                outcomes["refused"] += 1
        assert tracemalloc.get_traced_memory()[1] < 50 * LIMIT
    finally:
        tracemalloc.stop()
    assert outcomes["refused"] > 2000, outcomes


def part(name, coded):
    return varint(len(name)) + name + varint(len(coded)) + coded


HEADER = b"HFCM\x01"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"TFL3", "coded models begin with"),
        (b"HFCM\x02", "upgrade har-fall"),
        (HEADER + varint(99), "99 files"),
        (HEADER + varint(1) + part(b"model.json", encode_bytes(b"{}")), r"no model\.tflite"),
        (HEADER + varint(1) + part(b"\xff", encode_bytes(b"")), "not text"),
        (HEADER + varint(2) + 2 * part(b"model.tflite", encode_bytes(b"TFL3")), "twice"),
        (HEADER + varint(1) + part(b"model.tflite", encode_bytes(b"TFL3")), r"not a \.tflite file"),
        (HEADER + varint(1) + part(b"model.tflite", varint(2**40) + b"\0"), "1099511627776 bytes"),
        (HEADER + varint(1) + part(b"model.tflite", encode_bytes(b"")) + b"x", "bytes are left"),
    ],
)
def test_what_is_no_coded_model_is_refused(tmp_path, body, message):
    path = tmp_path / "model"
    path.write_bytes(forged(body))
    with pytest.raises(ModelIntegrityError, match=message):
        load_coded(path)


def test_forged_descriptions_are_refused(tmp_path):
    graph = read_graph(content(scheme="int8"))
    for text in (b"{}", b"[]", b'{"recipe": 3, "threshold": "x", "input_size": -1}'):
        (tmp_path / "model").write_bytes(encode_files(graph, {"model.json": text}))
        with pytest.raises(ModelIntegrityError, match="not an intact coded model"):
            load_coded(tmp_path / "model")


def test_a_few_bytes_that_claim_much_are_refused_before_memory_is_allocated(tmp_path):
    path = tmp_path / "model"
    zeros = HEADER + varint(1) + part(b"model.tflite", encode_bytes(bytes(20_000_000)))
    path.write_bytes(forged(zeros))
    tracemalloc.start()
    try:
        with pytest.raises(ModelIntegrityError, match="too large"):
            load_coded(path, max_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda folder: save_coded("model.tflite", folder / "model"), InvalidInputError, "model is a str"),
        (lambda folder: save_coded(b"no model", folder / "model"), ModelIntegrityError, r"not a \.tflite file"),
        (lambda folder: save_coded(content(), folder), InvalidInputError, "not a plain file"),
        (lambda folder: save_coded(content(), 3), InvalidInputError, "path is 3"),
        (lambda folder: save_coded(content(), "a\0b"), InvalidInputError, "not a valid path"),
        (lambda folder: load_coded(folder / "nothing"), InvalidInputError, "path is .*nothing"),
        (lambda folder: load_coded(folder), InvalidInputError, "not a regular file"),
        (lambda folder: load_coded(None), InvalidInputError, "path is None"),
        (lambda folder: load_coded(folder / "nothing", max_bytes=0), InvalidInputError, "max_bytes"),
    ],
)
def test_what_cannot_be_saved_or_loaded_is_refused(tmp_path, call, error, message):
    with pytest.raises(error, match=message):
        call(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_neither_read_nor_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="not a regular file"):
        load_coded(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="not a plain file"):
        save_coded(content(), tmp_path / "pipe")


def test_a_large_file_needs_permission(tmp_path):
    save_coded(content(), tmp_path / "model")
    with pytest.raises(UnsafeInputError, match="pass max_bytes="):
        load_coded(tmp_path / "model", max_bytes=100)
