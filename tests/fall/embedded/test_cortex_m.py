"""The exported C on Cortex-M processors in QEMU: decisions as on this computer, and what they take.

QEMU counts instructions, not cycles. Its only Cortex-M0 has 16 kB of memory, so the code of an M0+ runs on an M3, which
has all instructions of the M0+.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from fall import export_c
from tests.fall.converted import content, noise
from tests.fall.embedded.building import as_model, build, decide, needs

BOARD = Path(__file__).with_name("board")
# The board of QEMU for each processor.
MACHINES = {
    "cortex-m0plus": "mps2-an385",
    "cortex-m3": "mps2-an385",
    "cortex-m4": "mps2-an386",
    "cortex-m7": "mps2-an500",
    "cortex-m55": "mps3-an547",
}
LOOP_INSTRUCTIONS = 2_000_000
WITH_DSP = "-DFALL_USE_DSP=1"


@dataclass(frozen=True)
class Measured:
    """Instructions of one decision, bytes of stack and of flash; and what was decided about the images."""

    instructions: int
    stack: int
    probabilities: list[int]
    decisions: list[bool]
    flash: int


def run_on(processor, model, images, folder, *options):
    """Compile for a processor, and run in QEMU."""
    needs("arm-none-eabi-gcc")
    needs("qemu-system-arm")
    export_c(model, folder)
    images.tofile(folder / "images.raw")
    target = [f"-mcpu={processor}", "-mthumb", "-std=c99", "-O2", *options]
    warnings = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]
    subprocess.run(["arm-none-eabi-gcc", *target, *warnings, "-c", "fall.c"], cwd=folder, check=True)
    link = ["-nostdlib", "-I.", "-T", BOARD / "cortex_m.ld", "fall.o", BOARD / "main.c", "-lgcc", "-o", "board.elf"]
    subprocess.run(["arm-none-eabi-gcc", *target, *link], cwd=folder, check=True)
    size = subprocess.run(["arm-none-eabi-size", "fall.o"], cwd=folder, check=True, capture_output=True, text=True)
    machine = ["qemu-system-arm", "-M", MACHINES[processor], "-nographic", "-monitor", "none", "-serial", "none"]
    clock = ["-icount", "shift=0", "-semihosting-config", "enable=on,target=native", "-kernel", "board.elf"]
    done = subprocess.run([*machine, *clock], cwd=folder, capture_output=True, text=True, timeout=600)
    first, *rows = (done.stdout + done.stderr).splitlines()
    loop_ticks, ticks, stack = map(int, first.split())
    # The clock is that of the board: 25 or 32 MHz, where an instruction takes 1 ns.
    assert min(abs(loop_ticks - LOOP_INSTRUCTIONS * mhz // 1000) for mhz in (25, 32)) <= 4
    instructions = round(ticks * LOOP_INSTRUCTIONS / loop_ticks)
    pairs = [tuple(map(int, row.split())) for row in rows if re.fullmatch(r"\d+ [01]", row)]
    flash = int(size.stdout.splitlines()[1].split()[0])
    probabilities, decisions = [p for p, _ in pairs], [bool(is_fall) for _, is_fall in pairs]
    return Measured(instructions, stack, probabilities, decisions, flash)


def assert_as_here(measured, model, images, folder):
    _, probabilities, decisions = decide(build(model, folder), images, 2)
    assert measured.probabilities == probabilities.tolist()
    assert measured.decisions == decisions.tolist()


@pytest.mark.parametrize(
    ("processor", "network", "options"),
    [
        ("cortex-m0plus", "separable_cnn", ()),
        ("cortex-m3", "separable_cnn", ()),
        ("cortex-m4", "separable_cnn", ()),
        ("cortex-m4", "separable_cnn", (WITH_DSP,)),
        ("cortex-m4", "grouped_cnn", (WITH_DSP,)),
        ("cortex-m7", "mbconv_cnn", (WITH_DSP,)),
        ("cortex-m55", "residual_cnn", (WITH_DSP,)),
    ],
)
def test_every_processor_decides_as_this_computer(tmp_path, processor, network, options):
    model, images = as_model(content(network, 32, "int8")), noise(10, 32, 3)
    assert_as_here(run_on(processor, model, images, tmp_path, *options), model, images, tmp_path)


@pytest.mark.slow
def test_the_separable_cnn_at_full_size_fits_and_its_instructions_are_told(tmp_path):
    model, images = as_model(content("separable_cnn", 96, "int8")), noise(20, 96, 3)
    report = export_c(model, tmp_path).report
    plain = run_on("cortex-m4", model, images, tmp_path)
    assert_as_here(plain, model, images, tmp_path)
    assert plain.flash <= 40_000
    assert report.arena_bytes + report.image_bytes + plain.stack <= 72_000
    assert plain.instructions == pytest.approx(10_560_000, rel=0.02)
    faster = run_on("cortex-m4", model, images, tmp_path, WITH_DSP)
    assert_as_here(faster, model, images, tmp_path)
    assert faster.instructions == pytest.approx(9_107_000, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("network", ["lecture_cnn", "residual_cnn", "bottleneck_cnn", "mbconv_cnn", "compound_cnn"])
def test_the_report_is_near_what_is_measured(tmp_path, network):
    model, images = as_model(content(network, 96, "int8")), noise(2, 96, 3)
    report = export_c(model, tmp_path).report
    measured = run_on("cortex-m4", model, images, tmp_path)
    assert measured.stack <= report.stack_bytes
    assert report.instructions == pytest.approx(measured.instructions, rel=0.1)
    assert report.code_bytes == pytest.approx(measured.flash - report.constant_bytes, rel=0.15)


@pytest.mark.slow
def test_a_thousand_decisions_on_the_processor_are_those_here(tmp_path):
    model, images = as_model(content("separable_cnn", 96, "int8")), noise(1000, 96, 6)
    measured = run_on("cortex-m4", model, images, tmp_path, WITH_DSP)
    assert len(measured.probabilities) == 1000
    assert len(set(measured.probabilities)) > 10
    assert_as_here(measured, model, images, tmp_path)
