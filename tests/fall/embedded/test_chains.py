"""Steps by rows, and the one array: nothing that is needed is overwritten, and less is needed."""

import math
from itertools import combinations

import pytest

from fall import peak_memory, tflite_cost
from fall.embedded.arena import plan_arena
from fall.embedded.chains import chain_rows
from fall.embedded.lowering import lower
from fall.embedded.report import make_report
from fall.tflite.file import read_graph
from tests.fall.converted import content

NETWORKS = ["separable_cnn", "residual_cnn", "mbconv_cnn", "lecture_cnn"]


def _planned(name, side=32):
    graph = read_graph(content(name, side, "int8"))
    program = lower(graph)
    chains = chain_rows(program)
    return graph, program, chains, plan_arena(program, chains)


@pytest.mark.parametrize("name", NETWORKS)
def test_chains_hold_every_step_in_order_and_write_every_row(name):
    _, program, chains, _ = _planned(name)
    assert [step for chain in chains for step in chain.steps] == list(program.steps)
    for chain in chains:
        last = chain.steps[-1]
        assert chain.n_turns * chain.rows[-1] == last.shape_out[0]
        for before, step, n_before, n_rows in zip(
            chain.steps, chain.steps[1:], chain.rows, chain.rows[1:], strict=False
        ):
            assert n_before == n_rows * step.window.step[0]
            assert chain.n_turns * n_before <= before.shape_out[0]


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_needed_at_once_lies_apart(name):
    _, _, chains, arena = _planned(name)
    last_read = {read: number for number, chain in enumerate(chains) for step in chain.steps for read in step.inputs}
    for number, chain in enumerate(chains):
        alive = [
            (arena.tensors[earlier.output], math.prod(earlier.steps[-1].shape_out))
            for place, earlier in enumerate(chains[: number + 1])
            if place == number or last_read.get(earlier.output, len(chains)) >= number
        ]
        alive += zip(arena.bands[number], chain.band_bytes, strict=True)
        if chain.patch_bytes:
            alive.append((arena.patches[number], chain.patch_bytes))
        for (one, n_one), (other, n_other) in combinations(alive, 2):
            assert one + n_one <= other or other + n_other <= one
        assert all(offset + n <= arena.n_bytes - 4 for offset, n in alive)


def test_the_separable_cnn_takes_a_quarter_of_its_file_s_working_memory():
    graph, program, _, arena = _planned("separable_cnn", 96)
    assert peak_memory(graph) == 64_512
    assert arena.n_bytes == 16_276
    assert make_report(program, arena, graph.input.size).macs == tflite_cost(graph).total.macs == 1_951_680


@pytest.mark.parametrize("name", NETWORKS)
def test_the_report_counts_the_file_s_multiply_accumulates(name):
    graph, program, _, arena = _planned(name)
    assert make_report(program, arena, graph.input.size).macs == tflite_cost(graph).total.macs
