"""Estimates for a device, against sums done by hand."""

from dataclasses import replace

import pytest

from common import (
    CORTEX_M4,
    Cost,
    Device,
    Ledger,
    compare_ledgers,
    transmission_cost,
)
from common.errors import InvalidInputError

PLAIN = Device(
    name="plain",
    int8_macs_per_s=1e6,
    float32_macs_per_s=1e5,
    active_w=0.01,
    sleep_w=1e-6,
    memory_access_j=1e-9,
    radio_byte_j=1e-7,
    ram_bytes=1000,
    flash_bytes=2000,
    sources=("made up",),
)


class TestEstimate:
    COST = Cost(macs=900, comparisons=100, weight_bytes=400, activation_bytes=1000, sent_bytes=18)

    def test_by_hand(self) -> None:
        estimate = PLAIN.estimate(self.COST)
        assert estimate.time_s == pytest.approx(1e-3)
        assert estimate.compute_j == pytest.approx(1e-5)
        assert estimate.memory_j == pytest.approx(1e-7)
        assert estimate.radio_j == pytest.approx(1.8e-6)
        assert estimate.energy_j == pytest.approx(1e-5 + 1e-7 + 1.8e-6)
        assert PLAIN.estimate(self.COST, dtype="float32").time_s == pytest.approx(1e-2)
        assert PLAIN.estimate(Ledger({"a": self.COST, "b": self.COST})).time_s == pytest.approx(2e-3)

    @pytest.mark.parametrize(
        ("cost", "fits"),
        [
            (Cost(activation_bytes=1000, weight_bytes=2000), True),
            (Cost(activation_bytes=1001), False),
            (Cost(weight_bytes=2001), False),
        ],
    )
    def test_fits(self, cost: Cost, fits: bool) -> None:
        estimate = PLAIN.estimate(cost)
        assert estimate.fits is fits
        assert str(estimate).endswith("plain" if fits else "where it does not fit")

    @pytest.mark.parametrize(
        ("cost", "text"),
        [
            (Cost(), "about 0 s and 0 J on plain"),
            (Cost(macs=1), "about 1 µs and 10 nJ in int8 (assumed) on plain"),
            (Cost(macs=999_999_999, arithmetic="int8"), "about 1000 s and 10 J in int8 on plain"),
            (Cost(macs=12_345, arithmetic="float32"), "about 0.12 s and 1.2 mJ in float32 on plain"),
        ],
    )
    def test_text_says_about(self, cost: Cost, text: str) -> None:
        assert str(PLAIN.estimate(cost)) == text

    def test_average_power(self) -> None:
        one_a_second = PLAIN.average_power(self.COST, decisions_per_day=86_400)
        assert one_a_second == pytest.approx(1e-5 + 1e-7 + 1.8e-6 + 0.999 * 1e-6)
        assert PLAIN.average_power(self.COST, decisions_per_day=0) == PLAIN.sleep_w

    def test_a_day_is_too_short(self) -> None:
        with pytest.raises(InvalidInputError, match=r"takes about 2 days on plain: ask for at most 8\.64e\+07"):
            PLAIN.average_power(self.COST, decisions_per_day=2 * 86_400_000)

    def test_sending_raw_samples_costs_more_than_deciding_at_the_wrist(self) -> None:
        """The lecture's argument for computing where the data are: 48 profiles against 128 samples of 9 channels."""
        from common import prototype_cost

        here = prototype_cost(6, 8, 32, 9, band=3) + transmission_cost(1)
        there = transmission_cost(128 * 9, bytes_per_value=2)
        assert CORTEX_M4.estimate(here).energy_j < CORTEX_M4.estimate(there).energy_j

    def test_refuses(self) -> None:
        with pytest.raises(InvalidInputError, match="cost is a int; pass a Cost or a Ledger"):
            PLAIN.estimate(3)
        with pytest.raises(InvalidInputError, match="dtype is 'int4'"):
            PLAIN.estimate(Cost(), dtype="int4")
        with pytest.raises(InvalidInputError, match="decisions_per_day is -1"):
            PLAIN.average_power(Cost(), decisions_per_day=-1)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("int8_macs_per_s", 0),
            ("float32_macs_per_s", float("nan")),
            ("active_w", -1),
            ("sleep_w", -1),
            ("radio_byte_j", "1"),
            ("ram_bytes", 1.5),
        ],
    )
    def test_devices_check_themselves(self, field: str, value: object) -> None:
        with pytest.raises(InvalidInputError, match=f"^{field} is"):
            replace(PLAIN, **{field: value})


class TestCompare:
    def test_a_row_for_each_ledger_and_device(self) -> None:
        camera = Ledger({"conv": Cost(macs=5, activation_bytes=7), "dense": Cost(macs=4, activation_bytes=9)})
        table = compare_ledgers({"wearable": Cost(macs=3, weight_bytes=3000), "camera": camera}, devices=[PLAIN])
        assert table["ledger"].tolist() == ["wearable", "camera"]
        assert table["macs"].tolist() == [3, 9]
        assert table["activation_bytes"].tolist() == [0, 9]
        assert table["fits"].tolist() == [False, True]
        assert table["time_s"].tolist() == pytest.approx([3e-6, 9e-6])
        assert table["energy_j"].iloc[1] == pytest.approx(9e-8)
        assert table["arithmetic"].tolist() == ["int8", "int8"]
        assert table["is_assumed"].tolist() == [True, True]

    def test_each_ledger_in_its_own_arithmetic(self) -> None:
        camera = Ledger({"conv": Cost(macs=5, arithmetic="int8"), "dense": Cost(macs=4, arithmetic="float32")})
        ledgers = {"wearable": Cost(macs=3), "camera": camera}
        table = compare_ledgers(ledgers, devices=[PLAIN])
        assert table["time_s"].tolist() == pytest.approx([3e-6, 5e-6 + 4e-5])
        assert table["arithmetic"].tolist() == ["int8", "mixed"]
        with pytest.raises(InvalidInputError, match=r"ledgers\['camera'\], row 'conv', is computed in int8"):
            compare_ledgers(ledgers, devices=[PLAIN], dtype="float32")

    def test_without_devices(self) -> None:
        table = compare_ledgers({"a": Cost(macs=1), "b": Cost(macs=2)})
        assert "time_s" not in table
        assert table.set_index("ledger")["macs"].to_dict() == {"a": 1, "b": 2}

    @pytest.mark.parametrize("ledgers", [{}, None, [Cost()], {"a": 3}])
    def test_refuses(self, ledgers: object) -> None:
        with pytest.raises(InvalidInputError, match="ledgers"):
            compare_ledgers(ledgers)


@pytest.mark.parametrize("devices", [CORTEX_M4, ["CORTEX_M4"], "CORTEX_M4", None, [None]])
def test_devices_that_are_none_are_refused(devices):
    with pytest.raises(InvalidInputError, match="devices"):
        compare_ledgers({"one": Cost(macs=1)}, devices=devices)
