"""Parameters: integers and numbers in a range, choices, bands."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.validation import band_radius, check_band, check_choice, check_integer, check_number, random_generator


class TestBand:
    @pytest.mark.parametrize(
        ("band", "n", "m", "radius"),
        [
            (None, 128, 100, 127),
            (12, 128, 128, 12),
            (1, 128, 128, 1),
            (0, 128, 128, 0),
            (500, 128, 100, 127),
            (1.0, 128, 128, 127),
            (0.1, 128, 128, 12),
            (0.1, 100, 128, 12),
            # 0.29 · 100 is 28.999999999999996 in binary: the design adds 1e-9 before it rounds down.
            (0.29, 100, 100, 29),
            (1e-9, 10, 10, 0),
            (np.int64(3), 10, 10, 3),
            (np.float32(0.5), 10, 10, 5),
            # 0.699999988 as a double
            (np.float32(0.7), 10, 10, 7),
            (np.float16(0.7), 10, 10, 7),
            (np.uint8(3), 500, 500, 3),
        ],
    )
    def test_radius(self, band: object, n: int, m: int, radius: int) -> None:
        assert band_radius(band, n, m) == radius

    @pytest.mark.parametrize("band", [-1, -0.1, 0.0, 1.5, True, False, np.bool_(True), "0.1", np.nan, np.inf, [1], 1j])
    def test_refuses(self, band: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^band is"):
            check_band(band)


class TestNumbers:
    @pytest.mark.parametrize("value", [0, 11, -3, 1.0, True, "1", None, np.nan])
    def test_integer_refuses(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^k is"):
            check_integer(value, "k", at_least=1, at_most=10)

    def test_integer_of_numpy_becomes_pythons(self) -> None:
        assert type(check_integer(np.int16(4), "k")) is int

    def test_integer_says_why(self) -> None:
        with pytest.raises(InvalidInputError, match=r"at most 3 \(the number of references\)"):
            check_integer(4, "k", at_most=3, why="(the number of references)")

    @pytest.mark.parametrize(
        ("value", "limits"),
        [
            (0.0, {"above": 0}),
            (-1, {"at_least": 0}),
            (1.0, {"below": 1}),
            (np.nan, {}),
            (np.inf, {}),
            (10**400, {}),
            ("1", {}),
            (True, {}),
        ],
    )
    def test_number_refuses(self, value: object, limits: dict[str, float]) -> None:
        with pytest.raises(InvalidInputError, match=r"^rate_hz is"):
            check_number(value, "rate_hz", **limits)

    def test_number(self) -> None:
        assert check_number(np.float32(0.5), "overlap", at_least=0, below=1) == 0.5

    @pytest.mark.parametrize("value", ["mean", "", None, 1, ["best"]])
    def test_choice_lists_the_choices(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match="choose one of 'best', 'worst'"):
            check_choice(value, "method", ("best", "worst"))


class TestRandomGenerator:
    def test_a_seed_gives_the_same_numbers_again(self) -> None:
        assert random_generator(7).random() == random_generator(np.int64(7)).random() != random_generator(8).random()

    def test_a_generator_is_used_as_it_is(self) -> None:
        generator = np.random.default_rng(0)
        assert random_generator(generator) is generator

    def test_random_state_of_scikit_learn(self) -> None:
        first, second = (random_generator(np.random.RandomState(3)).random() for _ in range(2))
        assert first == second

    @pytest.mark.parametrize("value", [-1, 1.5, "seed", True])
    def test_refuses(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match="random_state is"):
            random_generator(value)


class TestNumbersOfNumPy:
    @pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.int64])
    def test_integers(self, kind: type) -> None:
        assert type(check_integer(kind(5), "n")) is int
        assert check_number(kind(5), "x") == 5.0
        assert random_generator(kind(5)).random() == random_generator(5).random()

    @pytest.mark.parametrize("value", [np.bool_(True), np.timedelta64(5, "s"), np.datetime64(5, "s"), np.ma.masked])
    def test_non_numbers(self, value: object) -> None:
        for check in (check_integer, check_number, check_band):
            with pytest.raises(InvalidInputError, match=r"^n is "):
                check(value, "n")
