"""Working memory against the lecture's figures, and against the arena of tflite-micro itself."""

import pytest

from fall import peak_memory, tflite_cost
from fall.networks import NETWORKS
from fall.tflite import micro
from fall.tflite.file import read_graph
from fall.tflite.memory import plan
from tests.fall.converted import content, needs_micro


def test_working_memory_peaks_at_the_lectures_first_convolution():
    # 96x96x3 bytes of image and 92x92x8 of its features; the rest is smaller.
    rows = list(tflite_cost(content("lecture_cnn", 96, "int8")))
    assert rows[0][1].activation_bytes == 96 * 96 * 3 + 92 * 92 * 8 == 95_360
    assert peak_memory(content("lecture_cnn", 96, "int8")) == max(cost.activation_bytes for _, cost in rows) == 95_360


def test_no_two_tensors_that_live_at_once_share_a_byte():
    placements = plan(read_graph(content("separable_cnn", 32, "int8")))
    for number, one in enumerate(placements):
        assert one.offset % 16 == 0
        for other in placements[:number]:
            apart = one.end <= other.offset or other.end <= one.offset
            assert apart or not one.overlaps_in_time(other.first, other.last)


@needs_micro
def test_peak_memory_is_within_a_twentieth_of_the_lectures_arena():
    made = content("lecture_cnn", 96, "int8")
    arena = micro.arena(made)
    assert arena.total == pytest.approx(98_208, rel=0.01)  # measured once, with another version of tflite-micro
    assert peak_memory(made) == pytest.approx(arena.total, rel=0.05)
    assert peak_memory(made) == arena.planned
    assert micro.micro_arena(made) == arena.total == arena.planned + arena.persistent


@needs_micro
@pytest.mark.slow
@pytest.mark.parametrize("side", [32, 96])
@pytest.mark.parametrize("name", NETWORKS)
def test_peak_memory_is_what_tflite_micro_plans(name, side):
    made = content(name, side, "int8")
    assert peak_memory(made) == micro.arena(made).planned
