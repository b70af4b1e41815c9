"""Profiles of devices, against the measurements that they cite."""

import pytest

from common import (
    CORTEX_M4,
    CORTEX_M7,
    DESKTOP_CORE,
    DEVICES,
    RASPBERRY_PI_4,
    Cost,
    Device,
    conv2d_cost,
    dense_cost,
    residual_cost,
)


def resnet8() -> Cost:
    """MLPerf Tiny's image classification network: 32×32×3, three stacks of one residual block each."""
    cost = conv2d_cost(32, 32, 3, 16, 3, padding="same") + residual_cost(32, 32, 16, 16)
    cost += residual_cost(32, 32, 16, 32, stride=2) + residual_cost(16, 16, 32, 64, stride=2)
    return cost + dense_cost(64, 10)


class TestProfiles:
    # github.com/mlcommons/tiny_results_v1.0, closed/STMicroelectronics: median inferences/s and µJ an inference.
    @pytest.mark.parametrize(
        ("device", "inferences_per_s", "energy_uj"), [(CORTEX_M4, 4.407, 10_681.623), (CORTEX_M7, 18.401, 8_707.284)]
    )
    def test_mlperf_tiny_image_classification(self, device: Device, inferences_per_s: float, energy_uj: float) -> None:
        estimate = device.estimate(resnet8(), dtype="int8")
        assert estimate.time_s == pytest.approx(1 / inferences_per_s, rel=1e-3)
        assert estimate.energy_j == pytest.approx(energy_uj * 1e-6, rel=0.01)
        assert estimate.fits

    # The person detector of the same suite (MobileNet V1 0.25 at 96 pixels, 7.5 million MACs) is as predicted to a
    # factor of two: 4.339 inferences/s and 10,066.628 µJ, since depthwise convolutions are slower.
    def test_mlperf_tiny_person_detection_to_a_factor_of_two(self) -> None:
        estimate = CORTEX_M4.estimate(Cost(macs=7_489_644), dtype="int8")
        assert 0.5 < estimate.time_s * 4.339 < 2
        assert 0.5 < estimate.energy_j / 10_066.628e-6 < 2

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
        assert len({device.name for device in DEVICES}) == len(DEVICES) == 4
        assert DESKTOP_CORE in DEVICES
