"""DTW, k-NN and prototypes: cells counted one by one."""

import itertools
import math

import pytest

from common import (
    Cost,
    dtw_cost,
    knn_cost,
    prototype_cost,
)
from common.errors import InvalidInputError


class TestDTW:
    def test_the_designs_example(self) -> None:
        assert dtw_cost(128, 6, band=12) == Cost(macs=6 * 3044, comparisons=2 * 3044)
        assert dtw_cost(128, 6, band=0.1) == dtw_cost(128, 6, band=12)

    @pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
    @pytest.mark.parametrize("band", [None, 0, 1, 2, 6, 50, 0.1, 0.5, 1.0])
    def test_cells_counted_one_by_one(self, n: int, band: float | None) -> None:
        radius = n if band is None else band if isinstance(band, int) else int(band * n + 1e-9)
        cells = sum(abs(i - j) <= radius for i, j in itertools.product(range(n), repeat=2))
        assert dtw_cost(n, 3, band=band) == Cost(macs=3 * cells, comparisons=2 * cells)

    def test_without_a_band_quadratic(self) -> None:
        assert dtw_cost(100, 1).macs == 100**2


class TestNeighbours:
    def test_the_nearest_alone(self) -> None:
        assert knn_cost(48, 32, 9, band=3) == Cost(
            params=48 * 32 * 9, macs=48 * 9 * 212, comparisons=48 * 2 * 212 + 47, weight_bytes=48 * 32 * 9 * 4
        )

    @pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 1000, 1024, 1025, 14_281])
    def test_sorting(self, n: int) -> None:
        k = min(n, 3)
        ranking = knn_cost(n, 10, 1, n_neighbors=k).comparisons - n * dtw_cost(10, 1).comparisons
        assert ranking == (0 if n == 1 else n * math.ceil(math.log2(n)))

    def test_two_bytes_a_value(self) -> None:
        assert knn_cost(6, 32, 9, bytes_per_value=2).weight_bytes == 6 * 32 * 9 * 2

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((0, 10, 1), "n_references is 0"),
            ((5, 0, 1), "n_timesteps is 0"),
            ((5, 10, -1), "n_channels is -1"),
            ((5, 10.0, 1), "n_timesteps is 10.0"),
            ((5, 10, 1, {"n_neighbors": 6}), r"n_neighbors is 6; it must be at least 1 and at most 5"),
            ((5, 10, 1, {"band": -1}), "band is -1"),
            ((5, 10, 1, {"bytes_per_value": 0}), "bytes_per_value is 0"),
        ],
    )
    def test_refuses(self, arguments: tuple[object, ...], message: str) -> None:
        *shape, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            knn_cost(*shape, **options)


class TestPrototypes:
    def test_k_nearest_of_few_profiles(self) -> None:
        assert prototype_cost(2, 4, 40, 3, band=4, n_neighbors=3) == knn_cost(8, 40, 3, band=4, n_neighbors=3)

    @pytest.mark.parametrize("name", ["n_classes", "n_prototypes"])
    def test_refuses(self, name: str) -> None:
        arguments = {"n_classes": 2, "n_prototypes": 4, "n_timesteps": 40, "n_channels": 3, name: 0}
        with pytest.raises(InvalidInputError, match=f"{name} is 0"):
            prototype_cost(**arguments)
