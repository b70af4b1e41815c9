"""Training and transmission, against sums done by hand."""

import math

import pytest

from common import (
    Cost,
    dense_cost,
    training_cost,
    transmission_cost,
)
from common.errors import InvalidInputError


class TestTraining:
    def test_grows_with_weights_and_examples(self) -> None:
        layer = dense_cost(100, 10)
        assert training_cost(layer, 50, epochs=4).macs == 3 * 1000 * 50 * 4
        assert training_cost(layer, 50, passes=1).macs == 1000 * 50
        assert training_cost(layer, 50).params == layer.params

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((3, 10), "forward is a int; pass a Cost"),
            ((Cost(), 0), "n_examples is 0"),
            ((Cost(), 1, {"epochs": 0}), "epochs is 0"),
            ((Cost(), 1, {"passes": 1.5}), "passes is 1.5"),
        ],
    )
    def test_refuses(self, arguments: tuple[object, ...], message: str) -> None:
        *shape, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            training_cost(*shape, **options)


class TestTransmission:
    @pytest.mark.parametrize("payload", [1, 243, 244, 245, 488, 489, 10_000])
    def test_packets(self, payload: int) -> None:
        assert transmission_cost(payload) == Cost(sent_bytes=payload + 17 * math.ceil(payload / 244))

    def test_other_radios(self) -> None:
        assert transmission_cost(10, bytes_per_value=4, packet_bytes=20, overhead_bytes=0).sent_bytes == 40

    @pytest.mark.parametrize(
        "options", [{"bytes_per_value": 0}, {"packet_bytes": 0}, {"overhead_bytes": -1}, {"packet_bytes": 1.5}]
    )
    def test_refuses(self, options: dict[str, int]) -> None:
        with pytest.raises(InvalidInputError, match=next(iter(options))):
            transmission_cost(10, **options)
