"""The kernels' text: only those that a network calls, each after what it needs itself."""

from __future__ import annotations

from pathlib import Path

from fall.embedded.lowering import Program
from fall.embedded.steps import AddStep, AnyStep, MeanStep, PadStep, PixelsStep, SoftmaxStep, WindowStep

_FOLDER = Path(__file__).with_name("kernels")

# What each kernel's text needs before it, in this order.
_NEEDS = {
    "convolution": ("layer", "scaling", "gather", "requantized"),
    "depthwise": ("layer", "scaling", "gather", "requantized"),
    "max_pool": ("layer", "scaling", "window"),
    "average_pool": ("layer", "scaling", "window"),
    "mean": ("scaling",),
    "add": ("scaling",),
    "softmax": ("scaling",),
    "pad": (),
    "pixels": (),
}


def kernel_of(step: AnyStep) -> str:
    """The name of a step's kernel, which is that of its text in ``kernels/``."""
    if isinstance(step, WindowStep):
        return step.kernel
    return {AddStep: "add", MeanStep: "mean", PadStep: "pad", PixelsStep: "pixels", SoftmaxStep: "softmax"}[type(step)]


def used_texts(program: Program) -> list[str]:
    """Names of the texts that a network's C program consists of, each once."""
    kernels = list(dict.fromkeys(map(kernel_of, program.steps)))
    needed = dict.fromkeys(name for kernel in kernels for name in _NEEDS[kernel])
    order = ("layer", "scaling", "gather", "requantized", "window")
    return [*(name for name in order if name in needed), *kernels]


def kernel_texts(program: Program) -> str:
    """The C text of all kernels of a network."""
    return "\n".join((_FOLDER / f"{name}.c").read_text("ascii") for name in used_texts(program))
