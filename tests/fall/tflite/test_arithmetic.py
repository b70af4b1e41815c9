"""What a file computes in, and what a device makes of it."""

import pytest

from common import CORTEX_M4, RASPBERRY_PI_4, InvalidInputError, load_bundle, save_bundle
from fall import keras_cost, tflite_cost
from tests.fall.converted import compressed, content, network


@pytest.mark.parametrize(
    ("scheme", "arithmetic"),
    [("float32", "float32"), ("float16", "float32"), ("int8", "int8"), ("int16x8", "int16x8")],
)
@pytest.mark.parametrize("name", ["separable_cnn", "lecture_cnn"])
def test_files_of_one_arithmetic(name, scheme, arithmetic):
    ledger = tflite_cost(content(name, 32, scheme))
    assert {cost.arithmetic for _, cost in ledger if cost.macs} == {arithmetic}
    assert ledger.total.arithmetic == arithmetic


def test_in_a_dynamic_range_file_only_large_weights_are_integers():
    ledger = tflite_cost(content("lecture_cnn", 32, "dynamic_int8"))
    assert [cost.arithmetic for _, cost in ledger if cost.macs] == ["float32", "int8", "int8", "float32"]
    estimate = RASPBERRY_PI_4.estimate(ledger)
    slow, fast = (RASPBERRY_PI_4.macs_per_s(dtype) for dtype in ("float32", "int8"))
    macs = [cost.macs for _, cost in ledger if cost.macs]
    assert estimate.time_s == pytest.approx((macs[0] + macs[3]) / slow + (macs[1] + macs[2]) / fast)
    assert estimate.arithmetic == "mixed"
    with pytest.raises(InvalidInputError, match="pass the ledger"):
        RASPBERRY_PI_4.estimate(ledger.total)


@pytest.mark.parametrize("of", [lambda ledger: ledger, lambda ledger: ledger.total, lambda ledger: 10 * ledger.total])
@pytest.mark.parametrize(
    "ledger", [lambda: keras_cost(network("lecture_cnn", 32)), lambda: tflite_cost(content("lecture_cnn", 32))]
)
def test_float32_is_not_taken_for_int8(of, ledger):
    cost = of(ledger())
    assert CORTEX_M4.estimate(cost) == CORTEX_M4.estimate(cost, dtype="float32")
    with pytest.raises(InvalidInputError, match="computed in float32"):
        CORTEX_M4.estimate(cost, dtype="int8")


def test_an_int8_model_and_its_bundle_are_estimated_in_int8(tmp_path):
    model = compressed()
    save_bundle(model, tmp_path / "bundle")
    for cost in (model.cost, load_bundle(tmp_path / "bundle").cost):
        assert str(CORTEX_M4.estimate(cost)).endswith("in int8 on Cortex-M4 (STM32L4R5, 120 MHz)")


def test_a_bundle_of_a_model_holds_the_counts_alone(tmp_path):
    save_bundle(compressed(), tmp_path / "bundle")
    assert "arithmetic" not in (tmp_path / "bundle" / "model.json").read_text()
