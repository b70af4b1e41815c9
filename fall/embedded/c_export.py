"""Export a network as plain C99 that needs no library."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from common.costs.devices import Device
from common.errors import InvalidInputError
from fall.embedded.arena import plan_arena
from fall.embedded.chains import chain_rows
from fall.embedded.header import header
from fall.embedded.lowering import lower
from fall.embedded.project import cmake, example
from fall.embedded.report import CReport, check_fits, make_report
from fall.embedded.source import source
from fall.tflite.embedded.decision import check_decidable
from fall.tflite.embedded.names import check_name
from fall.tflite.embedded.writing import write_together
from fall.tflite.model import CompressedModel


@dataclass(frozen=True)
class CExport:
    """The files that :func:`export_c` wrote, and what the program takes.

    Attributes
    ----------
    header, source : Path
        The declarations, and everything else.
    cmake, example : Path
        Targets of CMake, and a program that decides about the images of a file.
    sha256 : str
        Hash of the .tflite file; all files contain it.
    report : CReport
        Flash, RAM, multiply-accumulates and instructions.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from fall import CompressedModel, build_network, tflite, tflite_cost
    >>> images = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 3), dtype=np.uint8)
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4), "int8", representative=images)
    >>> model = CompressedModel("int8", content, tflite_cost(content).total, None, np.array(["adl", "fall"]), 0.5, 8)
    >>> exported = export_c(model, tempfile.mkdtemp())
    >>> [path.name for path in (exported.header, exported.source, exported.cmake, exported.example)]
    ['fall.h', 'fall.c', 'fall.cmake', 'fall_example.c']
    >>> exported.report.macs  # 8 * 8 * 3 * 4 + 4 * 2
    776
    """

    header: Path
    source: Path
    cmake: Path
    example: Path
    sha256: str
    report: CReport


def export_c(
    model: CompressedModel,
    directory: str | os.PathLike[str],
    *,
    name: str = "fall",
    device: Device | None = None,
) -> CExport:
    """Write an int8 network as C99: its kernels, weights and decision, and nothing else to link.

    ``NAME_decide(image)`` takes the bytes of an RGB image and gives the probability of a fall and the decision. The
    program computes with integers alone, keeps all activations in one static array, and needs no heap, no recursion and
    no library. The probabilities are those of tflite-micro, to the bit. A convolution and the pool after it run row by
    row (:mod:`fall.embedded.chains`), so that the separable CNN at 96 x 96 pixels takes 16.3 kB beside the image, where
    tflite-micro plans 64.5 kB with it: together 44 kB of RAM and 18 kB of flash, and on a Cortex-M4 10.6 million
    instructions for 1.95 million multiply-accumulates (counted by QEMU; 9.1 million with ``NAME_USE_DSP``).

    Parameters
    ----------
    model : CompressedModel
        A model that :func:`fall.compress` returned by a recipe that computes in int8.
    directory : path
        Where to write; created if it does not exist.
    name : str
        Name of the files and prefix of the function; in capitals, that of the macros.
    device : Device, optional
        The device that the program must fit, such as :data:`common.CORTEX_M4`.

    Returns
    -------
    CExport
        The files ``NAME.h``, ``NAME.c``, ``NAME.cmake`` and ``NAME_example.c``. Those of an earlier export are
        replaced, together; a file of another origin is never replaced.

    Raises
    ------
    InvalidInputError
        If the network has operators without a kernel, numbers other than int8, or sums that may pass 32 bits, all of
        them named; if it does not fit the device; if ``name`` is not an identifier that is free in C and C++, the model
        does not give the probability of a fall, or the files cannot be written.

    Notes
    -----
    The kernels are CONV_2D (also in groups), DEPTHWISE_CONV_2D, FULLY_CONNECTED, MAX_POOL_2D, AVERAGE_POOL_2D, MEAN,
    ADD, PAD and SOFTMAX; RESHAPE and SQUEEZE cost nothing. These are all operators of :func:`fall.build_network` and of
    the int8 recipes. One image at a time: two threads must not share the array.

    For comparison, the visual wake words of MLPerf Tiny v1.3 (person or no person at 96 x 96 pixels, MobileNetV1 0.25
    with about 7.5 million multiply-accumulates, the vendors' own kernels) take 89.4 ms on an STM32L4R5, 59.3 ms and
    1,372 µJ on an STM32U575, and 98.7 ms and 519 µJ on an STM32U385; the least energy is 71.7 µJ, on a Syntiant
    accelerator in 12.7 ms. Those are measured times; the instructions above are not cycles.

    References
    ----------
    Jacob et al.: Quantization and training of neural networks for efficient integer-arithmetic-only inference.
    CVPR 2018. https://arxiv.org/abs/1712.05877

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from fall import CompressedModel, build_network, tflite, tflite_cost
    >>> images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    >>> content = tflite.convert(build_network("separable_cnn", (32, 32, 3)), "int8", representative=images)
    >>> cost = tflite_cost(content).total
    >>> model = CompressedModel("int8", content, cost, None, np.array(["adl", "fall"]), 0.5, 32)
    >>> exported = export_c(model, tempfile.mkdtemp())
    >>> exported.source.name, exported.report.arena_bytes
    ('fall.c', 2196)
    >>> [line for line in exported.header.read_text().splitlines() if "fall_decide" in line]
    ['fall_decision fall_decide(const uint8_t image[FALL_IMAGE_BYTES]);']
    """
    if not isinstance(model, CompressedModel):
        raise InvalidInputError(f"model is a {type(model).__name__}; pass a CompressedModel, see fall.compress")
    if device is not None and not isinstance(device, Device):
        raise InvalidInputError(f"device is a {type(device).__name__}; pass a common.Device, such as common.CORTEX_M4")
    check_name(name)
    check_decidable(model)
    program = lower(model.graph)
    chains = chain_rows(program)
    arena = plan_arena(program, chains)
    report = make_report(program, arena, model.graph.input.size)
    if device is not None:
        check_fits(report, device)
    sha256 = hashlib.sha256(model.tflite).hexdigest()
    folder = Path(directory)
    exported = CExport(
        header=folder / f"{name}.h",
        source=folder / f"{name}.c",
        cmake=folder / f"{name}.cmake",
        example=folder / f"{name}_example.c",
        sha256=sha256,
        report=report,
    )
    write_together(
        {
            exported.header: header(model, arena, report, name, sha256),
            exported.source: source(model, program, chains, arena, name, sha256),
            exported.cmake: cmake(name, sha256),
            exported.example: example(name, sha256),
        },
        writer="fall.export_c",
    )
    return exported
