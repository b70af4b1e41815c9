"""What the exported program takes: flash, memory and computation."""

from __future__ import annotations

from dataclasses import dataclass

from common.costs.devices import Device
from common.errors import InvalidInputError
from fall.embedded.arena import ArenaPlan
from fall.embedded.instructions import estimated_instructions
from fall.embedded.kernel_text import kernel_of
from fall.embedded.lowering import Program
from fall.embedded.steps import AnyStep, WindowStep

_PIXEL_BYTES = 256  # a number for each byte of an image
# Of the structures in fall/embedded/kernels, where pointers have 32 bits.
_STRUCTURE_BYTES = {"add": 44, "mean": 24, "pad": 32, "softmax": 16, "pixels": 0}
_WINDOW_BYTES = 84
# Machine code for a Cortex-M4 by GCC 12.2 with -O2, which tests/fall/embedded/test_cortex_m.py compares; -Os takes a
# quarter less.
_CODE_BYTES = {
    "convolution": 1000,
    "depthwise": 900,
    "max_pool": 400,
    "average_pool": 450,
    "mean": 250,
    "add": 450,
    "softmax": 750,
    "pad": 300,
    "pixels": 100,
}
_CALL_BYTES = 24
_STACK_BYTES = 384  # measured: up to 328


@dataclass(frozen=True, kw_only=True)
class CReport:
    """What a network in C takes on a processor of 32 bits.

    Attributes
    ----------
    constant_bytes : int
        Weights and all other constants, in flash.
    code_bytes : int
        Machine code, estimated for a Cortex-M4.
    arena_bytes : int
        The static array.
    image_bytes : int
        The image that the caller holds.
    stack_bytes : int
        Estimated.
    macs : int
        Multiply-accumulates for one image.
    instructions : int
        Of a Cortex-M4 for one image, estimated, see :mod:`fall.embedded.instructions`; they are not cycles.

    Examples
    --------
    >>> report = CReport(constant_bytes=14_667, code_bytes=3_636, arena_bytes=16_276, image_bytes=27_648,
    ...     stack_bytes=384, macs=1_951_680, instructions=10_863_107)
    >>> print(report)
    18.3 kB of flash, 44.3 kB of RAM (27.6 kB of it the image), 1.95 million MACs, about 10.9 million instructions
    """

    constant_bytes: int
    code_bytes: int
    arena_bytes: int
    image_bytes: int
    stack_bytes: int
    macs: int
    instructions: int

    @property
    def flash_bytes(self) -> int:
        """Constants and code."""
        return self.constant_bytes + self.code_bytes

    @property
    def ram_bytes(self) -> int:
        """The array, the caller's image and the stack."""
        return self.arena_bytes + self.image_bytes + self.stack_bytes

    def __str__(self) -> str:
        return (
            f"{self.flash_bytes / 1000:.1f} kB of flash, {self.ram_bytes / 1000:.1f} kB of RAM "
            f"({self.image_bytes / 1000:.1f} kB of it the image), {self.macs / 1e6:.2f} million MACs, "
            f"about {self.instructions / 1e6:.1f} million instructions"
        )


def make_report(program: Program, arena: ArenaPlan, image_bytes: int) -> CReport:
    """Count what a program takes."""
    kernels = {kernel_of(step) for step in program.steps}
    code = sum(_CODE_BYTES[kernel] for kernel in kernels) + _CALL_BYTES * len(program.steps)
    return CReport(
        constant_bytes=_PIXEL_BYTES + sum(map(_constant_bytes, program.steps)),
        code_bytes=code,
        arena_bytes=arena.n_bytes,
        image_bytes=image_bytes,
        stack_bytes=_STACK_BYTES,
        macs=sum(step.macs for step in program.steps if isinstance(step, WindowStep)),
        instructions=estimated_instructions(program.steps),
    )


def check_fits(report: CReport, device: Device) -> None:
    """Raise if a device has too little flash or memory.

    Raises
    ------
    InvalidInputError
    """
    needs = (
        ("flash", report.flash_bytes, device.flash_bytes, "another recipe, such as 'channels_int8'"),
        ("RAM", report.ram_bytes, device.ram_bytes, "a smaller input_size, or recipe 'small_input_int8'"),
    )
    for memory, needed, there, advice in needs:
        if needed > there:
            raise InvalidInputError(
                f"model takes about {needed:,} bytes of {memory}, and the device {device.name!r} has {there:,}: "
                f"compress it with {advice}"
            )


def _constant_bytes(step: AnyStep) -> int:
    if isinstance(step, WindowStep):
        return _WINDOW_BYTES + (0 if step.filters is None else step.filters.nbytes)
    return _STRUCTURE_BYTES[kernel_of(step)]
