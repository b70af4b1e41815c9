"""Transformers: scikit-learn's checks, ours for 3-D windows, physics, bad input."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation
from scipy.stats import zscore
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from common.errors import InvalidInputError
from har.preprocessing import (
    GravityFrame,
    LowPass,
    Magnitude,
    NormalizeWindows,
    Resample,
    ScaleChannels,
    SeparateGravity,
    mirror_windows,
    normalize_per_subject,
    rotate_windows,
)
from tests.har.estimator_checks import parametrize_with_window_checks

RATE = 50.0
SECONDS = np.arange(256) / RATE
MIDDLE = slice(64, -64)  # away from the ends, where a filter has to guess

TRANSFORMERS = [
    GravityFrame(),
    GravityFrame(gravity=(), rotation=(), keep_gravity=False),
    LowPass(),
    Magnitude(),
    Magnitude(keep=False),
    NormalizeWindows(),
    NormalizeWindows(with_std=False),
    Resample(),
    Resample(rate_hz=20, target_hz=50),
    ScaleChannels(),
    ScaleChannels(with_mean=True),
    SeparateGravity(),
    SeparateGravity(method="mean"),
]


@parametrize_with_checks(TRANSFORMERS)
def test_scikit_learn_s_checks(estimator, check):
    check(estimator)


@parametrize_with_window_checks(TRANSFORMERS)
def test_checks_of_windows(estimator, check):
    check(estimator)


def sine(hz, rate_hz=RATE, n=256):
    return np.sin(2 * np.pi * hz * np.arange(n) / rate_hz)


@pytest.fixture
def motion():
    """Linear acceleration, gravity and angular rate in nine channels."""
    return np.random.default_rng(0).normal(size=(5, 30, 9))


class TestShapes:
    @pytest.mark.parametrize("transformer", TRANSFORMERS, ids=str)
    @pytest.mark.parametrize("n_timesteps", [1, 2, 3, 7])
    @pytest.mark.parametrize("n_channels", [1, 2, 3, 6, 9])
    def test_short_windows_of_any_width(self, transformer, n_timesteps, n_channels):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = transformer.fit_transform(np.full((2, n_timesteps, n_channels), 0.1))
        assert np.isfinite(result).all()

    def test_two_dimensions_stay_two_while_there_is_one_channel(self):
        X = np.ones((4, 8))
        assert Resample().fit_transform(X).shape == (4, 4)
        assert Resample().fit_transform(X[:, :, None]).shape == (4, 4, 1)
        assert Magnitude(keep=False).fit_transform(X).shape == (4, 8)
        assert Magnitude().fit_transform(X).shape == (4, 8, 2)
        assert SeparateGravity().fit_transform(X).shape == (4, 8, 2)

    def test_a_chain(self, motion):
        chain = make_pipeline(GravityFrame(), Resample(rate_hz=50, target_hz=10), ScaleChannels())
        result = chain.fit_transform(motion)
        assert result.shape == (5, 6, 7)
        assert_allclose(result.reshape(-1, 7).std(axis=0), 1)


class TestFilters:
    @pytest.mark.parametrize("target_hz", [12.5, 20.0, 25.0, 100.0, 33.3])
    def test_a_slow_sine_is_the_same_sine_at_the_new_rate(self, target_hz):
        (result,) = Resample(rate_hz=RATE, target_hz=target_hz).fit_transform([sine(1.3)])
        assert len(result) == np.ceil(256 * target_hz / RATE)
        middle = slice(len(result) // 4, -len(result) // 4)
        assert_allclose(result[middle], sine(1.3, target_hz, len(result))[middle], atol=0.01)

    def test_what_the_new_rate_cannot_hold_does_not_fold_back(self):
        fast = sine(11)
        (result,) = Resample(rate_hz=50, target_hz=10).fit_transform([fast])
        assert np.abs(fast[::5][12:-12]).max() > 0.5  # without a filter it becomes a slow wave of 1 Hz
        assert np.abs(result[12:-12]).max() < 0.02

    def test_offset_and_drift_leave_no_edge(self):
        (result,) = Resample(rate_hz=50, target_hz=12.5).fit_transform([9.81 + SECONDS])
        assert_allclose(result, 9.81 + SECONDS[::4], rtol=1e-2)

    @pytest.mark.parametrize("order", [1, 2, 4, 8])
    def test_butterworth_twice_halves_the_cutoff_and_does_not_shift(self, order):
        """|H|² of any Butterworth filter is 1/2 at its cutoff; running it back and forth gives |H|²."""
        smooth = LowPass(rate_hz=RATE, cutoff_hz=5, order=order).fit_transform([sine(5)])
        assert_allclose(smooth[0, MIDDLE], sine(5)[MIDDLE] / 2, atol=0.01)

    def test_constants_pass(self):
        X = np.full((1, 9, 2), 9.81)
        for order in (1, 2, 4, 8):
            assert_allclose(LowPass(rate_hz=50, cutoff_hz=0.2, order=order).fit_transform(X), X, rtol=1e-3)

    @pytest.mark.parametrize(
        "transformer",
        [
            Resample(rate_hz=0),
            Resample(rate_hz=-50),
            Resample(target_hz=np.nan),
            Resample(target_hz="25"),
            Resample(rate_hz=1, target_hz=1e9),
            Resample(rate_hz=1e300, target_hz=1e-300),
            LowPass(cutoff_hz=25),
            LowPass(cutoff_hz=0),
            LowPass(cutoff_hz=1e-9),
            LowPass(order=0),
            LowPass(order=100),
            LowPass(order=2.5),
            LowPass(rate_hz=10**400),
            SeparateGravity(cutoff_hz=30),
            SeparateGravity(method="median"),
            SeparateGravity(channels=(0, 3)),
            SeparateGravity(channels=()),
            SeparateGravity(channels=0),
            SeparateGravity(channels=(1, 1)),
            SeparateGravity(channels=(-1,)),
            SeparateGravity(channels="012"),
            GravityFrame(acceleration=()),
            GravityFrame(gravity=(0, 1)),
            GravityFrame(rotation=(7, 8, 9)),
            Magnitude(groups=()),
            Magnitude(groups=(0, 1)),
            Magnitude(groups=((0, 7),)),
            Magnitude(groups=5),
        ],
        ids=str,
    )
    def test_wrong_parameters(self, transformer):
        with pytest.raises(
            InvalidInputError,
            match=r"^(rate_hz|target_hz|cutoff_hz|order|channels|method|acceleration|gravity|rotation|groups)",
        ):
            transformer.fit(np.zeros((2, 10, 3)))
        assert not hasattr(transformer, "n_features_in_")


class TestGravity:
    def test_a_still_sensor_feels_gravity_alone(self):
        X = np.broadcast_to([0.0, -3.0, 9.0, 0.5], (1, 40, 4))
        for method in ("low_pass", "mean"):
            result = SeparateGravity(method=method).fit_transform(X)
            assert_allclose(result[0], np.broadcast_to([0, 0, 0, 0, -3, 9, 0.5], (40, 7)), atol=1e-6)

    def test_parts_add_up(self, motion):
        result = SeparateGravity(channels=(6, 7, 8)).fit_transform(motion)
        assert_allclose(result[:, :, :3] + result[:, :, 3:6], motion[:, :, 6:])
        assert_allclose(result[:, :, 6:], motion[:, :, :6])

    @pytest.mark.real_data
    def test_gravity_of_a_phone(self, real_data):
        """MotionSense publishes gravity from sensor fusion; the phone in a pocket tilts at each step."""
        with np.load(real_data / "motionsense" / "motionsense_raw.npz") as raw:
            recordings = np.split(raw["values_i16"], raw["offsets"][1:-1])[::24]
            scale = raw["scale"]
        X = np.concatenate([r[: len(r) // 128 * 128].reshape(-1, 128, 9) * scale for r in recordings])
        gravity = X[:, :, 3:6]
        error = {
            method: SeparateGravity(method=method).fit_transform(X[:, :, :3] + gravity)[:, :, 3:6] - gravity
            for method in ("low_pass", "mean")
        }
        rms = {method: np.sqrt((values**2).sum(axis=2).mean()) for method, values in error.items()}
        assert rms["low_pass"] < rms["mean"] < 0.35

    def test_frame_by_hand(self):
        acceleration, gravity, rotation = [1.0, 2.0, 5.0], [0.0, 0.0, -2.0], [3.0, 4.0, 7.0]
        X = [[acceleration + gravity + rotation]]
        assert_allclose(GravityFrame().fit_transform(X), [[[-5, np.sqrt(5), -7, 5, 0, 0, -2]]])
        assert_allclose(GravityFrame(rotation=(), keep_gravity=False).fit_transform(X), [[[-5, np.sqrt(5)]]])

    def test_turning_the_sensor_changes_nothing(self, motion):
        frame = GravityFrame(keep_gravity=False).fit(motion)
        turns = Rotation.random(5, rng=np.random.default_rng(1)).as_matrix()
        turned = np.einsum("nij,ntsj->ntsi", turns, motion.reshape(5, 30, 3, 3)).reshape(motion.shape)
        assert not np.allclose(turned, motion)
        assert_allclose(frame.transform(turned), frame.transform(motion), atol=1e-12)

    def test_without_gravity_nothing_is_vertical(self):
        X = np.array([[[3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0]]])
        assert GravityFrame(keep_gravity=False).fit_transform(X).tolist() == [[[0.0, 5.0, 0.0, 2.0]]]

    def test_total_acceleration_alone_is_split_at_its_mean(self, motion):
        total = motion[:, :, :3] + [0, 0, 9.81]
        split = SeparateGravity(method="mean").fit_transform(total)
        assert_allclose(GravityFrame().fit_transform(total), GravityFrame().fit_transform(split), atol=1e-12)


class TestScaling:
    def test_magnitudes(self, motion):
        result = Magnitude(groups=((0, 1, 2), (3, 8))).fit_transform(motion)
        assert_allclose(result[:, :, :9], motion)
        assert_allclose(result[:, :, 9], np.sqrt(np.einsum("ntc,ntc->nt", motion[:, :, :3], motion[:, :, :3])))
        assert_allclose(result[:, :, 10], np.hypot(motion[:, :, 3], motion[:, :, 8]))

    def test_one_scale_a_channel(self, motion):
        expected = StandardScaler().fit_transform(motion.reshape(-1, 9)).reshape(motion.shape)
        assert_allclose(ScaleChannels(with_mean=True).fit_transform(motion), expected, atol=1e-12)

    def test_constant_channels_keep_their_scale(self):
        scale = ScaleChannels().fit(np.full((7, 11, 1), 0.1))
        assert scale.scale_.tolist() == [1.0]

    def test_windows_are_normalised_like_scipy_s_zscore(self, motion):
        assert_allclose(NormalizeWindows().fit_transform(motion), zscore(motion, axis=1), atol=1e-12)

    @pytest.mark.parametrize("unit", [1e-200, 1e300])
    def test_normalised_windows_have_no_unit(self, motion, unit):
        assert_allclose(NormalizeWindows().fit_transform(motion * unit), zscore(motion, axis=1), atol=1e-12)
        centred = motion - motion.mean(axis=1, keepdims=True)
        assert_allclose(NormalizeWindows(with_std=False).fit_transform(motion * unit) / unit, centred, atol=1e-12)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("value", [0.1, 1e6 / 3, 1e-30])
    def test_constant_windows_become_zero(self, value, dtype):
        X = np.full((2, 127, 1), value, dtype=dtype)
        for with_std in (True, False):
            assert (NormalizeWindows(with_std=with_std).fit_transform(X) == 0).all()

    def test_per_subject(self, motion):
        groups = ["a", "b", "a", "b", "b"]
        shifted = motion * 3 + np.array([0, 50, 0, 50, 50])[:, None, None]
        assert_allclose(normalize_per_subject(shifted, groups), normalize_per_subject(motion, groups), atol=1e-10)
        assert_allclose(normalize_per_subject(motion, groups)[[0, 2]].std(axis=(0, 1)), 1)
        with pytest.raises(InvalidInputError, match="groups has 2 entries but X has 5"):
            normalize_per_subject(motion, groups[:2])

    @pytest.mark.parametrize("transformer", [ScaleChannels(), Magnitude(), GravityFrame()], ids=str)
    def test_overflow_is_an_error(self, transformer):
        X = np.random.default_rng(0).normal(size=(3, 10, 9)) * 1e300
        with pytest.raises(InvalidInputError, match="X holds numbers too large"):
            transformer.fit(X)
        assert not hasattr(transformer, "n_features_in_")


class TestAugmentation:
    def test_a_window_turns_as_a_whole(self, motion):
        turned = rotate_windows(motion, 20, random_state=0)
        before, after = (X[:, :, :6].reshape(5, 60, 3) for X in (motion, turned))
        # A rotation keeps all angles and lengths, between acceleration and angular rate too, and handedness.
        assert_allclose(after @ after.transpose(0, 2, 1), before @ before.transpose(0, 2, 1), atol=1e-12)
        assert_allclose(np.linalg.det(after[:, :3]), np.linalg.det(before[:, :3]))
        assert_allclose(turned[:, :, 6:], motion[:, :, 6:])

    def test_angles_are_normal_and_the_seed_decides(self):
        X = np.broadcast_to(np.eye(3), (20_000, 3, 3))
        turned = rotate_windows(X, 10, random_state=3, triads=((0, 1, 2),))
        angle = np.degrees(np.arccos(np.clip((np.trace(turned, axis1=1, axis2=2) - 1) / 2, -1, 1)))
        assert_allclose(np.sqrt(np.mean(angle**2)), 10, rtol=0.02)
        assert_allclose(turned.mean(axis=0), turned.mean(axis=0).T, atol=0.005)  # no axis is preferred
        again = rotate_windows(X, 10, random_state=np.random.default_rng(3), triads=((0, 1, 2),))
        np.testing.assert_array_equal(turned, again)

    def test_no_angle_no_change(self, motion):
        assert_allclose(rotate_windows(motion, 0), motion)

    def test_a_mirrored_body_obeys_the_same_mechanics(self):
        """v = ω × r holds in a mirror: polar vectors are reflected, the axial one keeps its x and turns y and z."""
        spin, place = np.random.default_rng(0).normal(size=(2, 1, 50, 3))
        velocity = np.cross(spin, place)
        X = np.concatenate([velocity, spin, place], axis=2)
        mirrored = mirror_windows(X, polar=((0, 1, 2), (6, 7, 8)))
        assert_allclose(mirrored[:, :, 6], -place[:, :, 0])
        assert_allclose(np.cross(mirrored[:, :, 3:6], mirrored[:, :, 6:]), mirrored[:, :, :3])
        assert_allclose(mirror_windows(mirrored, polar=((0, 1, 2), (6, 7, 8))), X)

    def test_precision_stays(self, motion):
        X = motion.astype(np.float32)
        for result in (rotate_windows(X), mirror_windows(X), normalize_per_subject(X, range(5))):
            assert result.dtype == np.float32

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"degrees": -1}, "degrees is -1"),
            ({"degrees": np.nan}, "degrees is"),
            ({"triads": ((0, 1),)}, r"triads\[0\] has 2 channels"),
            ({"triads": ((0, 1, 2), (7, 8, 9))}, r"triads\[1\]\[2\] is 9"),
            ({"triads": None}, "triads is None"),
            ({"random_state": -1}, "random_state is -1"),
            ({"random_state": "seed"}, "random_state is 'seed'"),
        ],
    )
    def test_wrong_parameters(self, motion, options, message):
        with pytest.raises(InvalidInputError, match=message):
            rotate_windows(motion, **options)

    def test_a_single_channel_has_no_axes(self):
        with pytest.raises(InvalidInputError, match=r"polar\[0\]\[1\] is 1"):
            mirror_windows(np.zeros((2, 10)))
