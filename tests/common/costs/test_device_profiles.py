"""Profiles of devices, against the measurements that they cite."""

import pytest

from common import (
    CORTEX_M4,
    CORTEX_M7,
    CORTEX_M33,
    DESKTOP_CORE,
    DEVICES,
    ESP32_S3,
    NRF52840,
    RASPBERRY_PI_4,
    Cost,
    Device,
    conv2d_cost,
    dense_cost,
    residual_cost,
    separable_conv2d_cost,
)


def resnet8() -> Cost:
    """MLPerf Tiny's image classification network: 32×32×3, three stacks of one residual block each."""
    cost = conv2d_cost(32, 32, 3, 16, 3, padding="same") + residual_cost(32, 32, 16, 16)
    cost += residual_cost(32, 32, 16, 32, stride=2) + residual_cost(16, 16, 32, 64, stride=2)
    return cost + dense_cost(64, 10)


def mobilenet_v1_quarter(channels: int) -> Cost:
    """MobileNet V1 with a quarter of its filters at 96×96 and two classes: the person detector of tflite-micro (grey)
    and of MLPerf Tiny (RGB)."""
    cost = conv2d_cost(96, 96, channels, 8, 3, stride=2, padding="same")
    side, width = 48, 8
    for stride, filters in [(1, 16), (2, 32), (1, 32), (2, 64), (1, 64), (2, 128), *[(1, 128)] * 5, (2, 256), (1, 256)]:
        cost += separable_conv2d_cost(side, side, width, filters, 3, stride=stride, padding="same")
        side, width = side // stride, filters
    return cost + dense_cost(256, 2)


class TestProfiles:
    # github.com/mlcommons/tiny_results_v1.0, closed/STMicroelectronics: median inferences/s and µJ an inference.
    @pytest.mark.parametrize(
        ("device", "inferences_per_s", "energy_uj"),
        [(CORTEX_M4, 4.407, 10_681.623), (CORTEX_M7, 18.401, 8_707.284), (CORTEX_M33, 7.158, 3_641.998)],
    )
    def test_mlperf_tiny_image_classification(self, device: Device, inferences_per_s: float, energy_uj: float) -> None:
        estimate = device.estimate(resnet8(), dtype="int8")
        assert estimate.time_s == pytest.approx(1 / inferences_per_s, rel=1e-3)
        assert estimate.energy_j == pytest.approx(energy_uj * 1e-6, rel=0.01)
        assert estimate.fits

    # The person detector of the same suite is as predicted to a factor of two, since depthwise convolutions are slower
    # and runtimes improve: v1.0 for the Cortex-M4, v1.3 for the Cortex-M33.
    @pytest.mark.parametrize(
        ("device", "inferences_per_s", "energy_uj"), [(CORTEX_M4, 4.339, 10_066.628), (CORTEX_M33, 1 / 59.3e-3, 1_372)]
    )
    def test_mlperf_tiny_person_detection_to_a_factor_of_two(
        self, device: Device, inferences_per_s: float, energy_uj: float
    ) -> None:
        estimate = device.estimate(mobilenet_v1_quarter(3), dtype="int8")
        assert 0.5 < estimate.time_s * inferences_per_s < 2
        assert 0.5 < estimate.energy_j / (energy_uj * 1e-6) < 2

    def test_tflite_micros_person_detector_on_the_esp32_s3(self) -> None:
        assert ESP32_S3.estimate(mobilenet_v1_quarter(1), dtype="int8").time_s == pytest.approx(54e-3, rel=1e-6)

    def test_equal_cores_differ_by_their_clocks(self) -> None:
        for dtype in ("int8", "float32"):
            assert NRF52840.macs_per_s(dtype) / 64 == pytest.approx(CORTEX_M4.macs_per_s(dtype) / 120)

    def test_the_lectures_factor_of_memory_over_arithmetic(self) -> None:
        assert RASPBERRY_PI_4.memory_access_j / 3.1e-12 == pytest.approx(200, rel=0.05)

    def test_a_radio_byte_costs_more_than_hundred_macs(self) -> None:
        for device in DEVICES:
            assert device.radio_byte_j > 100 * device.mac_j("int8")

    def test_every_figure_has_a_source(self) -> None:
        for device in DEVICES:
            text = " ".join(device.sources)
            assert all(word in text for word in ("throughput", "power", "sleep", "RAM and flash", "radio")) or (
                device is RASPBERRY_PI_4 and "it has no sleep" in text
            )
            assert device.memory_access_j == 0 or "memory access" in text

    def test_names_differ(self) -> None:
        assert len({device.name for device in DEVICES}) == len(DEVICES) == 7
        assert DESKTOP_CORE in DEVICES

    def test_integers_are_faster_than_floats(self) -> None:
        for device in DEVICES:
            assert device.int8_macs_per_s > device.float32_macs_per_s
