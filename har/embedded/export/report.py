"""What an exported recogniser needs: memory, cells, instructions, time and energy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from common.costs import dtw_cost
from common.costs.device_profiles import CORTEX_M4, CORTEX_M7, CORTEX_M33, ESP32_S3, NRF52840
from common.costs.devices import Device, Estimate
from common.costs.ledger import Cost
from common.tables import html_table, markdown_table, text_table
from har.embedded.export.memory import state_bytes
from har.embedded.export.sources import constants
from har.embedded.export.stages import Plan, Stage
from har.embedded.recognizer import IntegerRecognizer

if TYPE_CHECKING:
    import pandas as pd

MICROCONTROLLERS = (CORTEX_M4, CORTEX_M7, CORTEX_M33, NRF52840, ESP32_S3)
"""The device profiles that a recogniser may run on."""

# Bytes of code on a Cortex-M4 (GCC 12.2, -O2), and instructions a cell; tests/har/embedded holds them against the
# compiler and the emulator.
_CODE_BYTES = {
    "core": 1300,
    "readout": 450,
    "decimation": 850,
    "subtract_mean": 400,
    "frame": 650,
    "magnitudes": 350,
    "jerk": 650,
}
_CELL_INSTRUCTIONS = 13
_PAIR_INSTRUCTIONS = {16: 3.0, 8: 3.5}
# Of a linear readout, for each prototype and for each of its weights.
_FEATURE_INSTRUCTIONS = 70
_WEIGHT_INSTRUCTIONS = 10
# The profiles know the throughput of convolutions: 0.46 MACs a cycle on the Cortex-M4, where an instruction of this
# code takes about 1.3 cycles.
_MACS_PER_INSTRUCTION = 0.6


@dataclass(frozen=True)
class CExport:
    """The files that :func:`har.export_c` wrote, and what they need.

    Attributes
    ----------
    directory : Path
    name : str
    bits : int
        How prototypes are kept.
    prototype_bytes, constant_bytes, code_bytes : int
        Flash: of the prototypes, of all other constants, and of the code, which is estimated for a Cortex-M4.
    window_bytes, working_bytes : int
        RAM: of the samples of one window, and of all else in the state. The stack needs about 200 bytes more.
    cells : int
        Of the warping matrices, in the worst case: early abandoning usually computes fewer.
    instructions : int
        Of a decision with all of these cells, its filters and its readout, on a Cortex-M4, estimated.
    cost : common.Cost
        Of one decision, without its filters and its readout.

    Examples
    --------
    >>> import tempfile
    >>> import har, numpy as np
    >>> X = np.sin(np.linspace(0, 9, 32) * np.array([1, 1.1, 2, 2.1])[:, None])
    >>> model = har.DTWPrototypeClassifier(1, method="medoid", bits=8).fit(X, ["slow", "slow", "fast", "fast"])
    >>> exported = har.export_c(model, tempfile.mkdtemp(), rate_hz=16, counts_per_unit=1000)
    >>> exported.flash_parts
    {'prototypes': 64, 'other constants': 10, 'code (estimated)': 1300}
    >>> exported.header.name, exported.sources.is_dir()
    ('recognizer.h', True)
    >>> exported.flash_bytes == sum(exported.flash_parts.values()) == 64 + 10 + 1300
    True
    >>> exported.ram_bytes == sum(exported.ram_parts.values())
    True
    >>> [estimate.fits for estimate in exported.estimates()] == exported.to_frame()["fits"].tolist()
    True
    >>> exported.to_markdown().splitlines()[0][:47]
    'recognizer: flash 1,374 bytes (prototypes 64, o'
    """

    directory: Path
    name: str
    bits: int
    prototype_bytes: int
    constant_bytes: int
    code_bytes: int
    window_bytes: int
    working_bytes: int
    cells: int
    instructions: int
    cost: Cost

    @property
    def header(self) -> Path:
        """What a program includes."""
        return self.sources / f"{self.name}.h"

    @property
    def sources(self) -> Path:
        """The folder of all that is compiled."""
        return self.directory / "src"

    @property
    def flash_bytes(self) -> int:
        """Prototypes, other constants and code."""
        return sum(self.flash_parts.values())

    @property
    def ram_bytes(self) -> int:
        """The state."""
        return sum(self.ram_parts.values())

    @property
    def flash_parts(self) -> dict[str, int]:
        """Bytes of flash by what they hold."""
        return {
            "prototypes": self.prototype_bytes,
            "other constants": self.constant_bytes,
            "code (estimated)": self.code_bytes,
        }

    @property
    def ram_parts(self) -> dict[str, int]:
        """Bytes of RAM by what they hold."""
        return {"window": self.window_bytes, "beside the window": self.working_bytes}

    def estimates(self, devices: Sequence[Device] = MICROCONTROLLERS) -> list[Estimate]:
        """Time and energy of a decision with all of its cells and filters.

        The instructions are counted as so many MACs in int8 as a Cortex-M4 computes in their time, and other devices
        as faster or slower by what they do with a convolution; see :mod:`common.costs.devices`.
        """
        work = replace(self.cost, macs=round(_MACS_PER_INSTRUCTION * self.instructions), comparisons=0)
        return [device.estimate(work, dtype="int8") for device in devices]

    def to_frame(self, devices: Sequence[Device] = MICROCONTROLLERS) -> pd.DataFrame:
        """A row for each device: flash and RAM that are needed, whether they fit, and estimates of time and energy."""
        import pandas as pd

        rows = [
            {
                "device": device.name,
                "flash_bytes": self.flash_bytes,
                "ram_bytes": self.ram_bytes,
                "fits": self._fits(device),
                "time_s": estimate.time_s,
                "energy_j": estimate.energy_j,
            }
            for device, estimate in zip(devices, self.estimates(devices), strict=True)
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        return f"{self._summary()}\n\n{text_table(*self._table())}"

    def to_markdown(self) -> str:
        """The table of :meth:`to_frame`, below the memory."""
        return f"{self._summary()}\n\n{markdown_table(*self._table())}"

    def _repr_html_(self) -> str:
        return f"<p>{self._summary()}</p>{html_table(*self._table())}"

    def _fits(self, device: Device) -> bool:
        return self.flash_bytes <= device.flash_bytes and self.ram_bytes <= device.ram_bytes

    def _summary(self) -> str:
        flash = ", ".join(f"{part} {size:,}" for part, size in self.flash_parts.items())
        ram = ", ".join(f"{part} {size:,}" for part, size in self.ram_parts.items())
        return (
            f"{self.name}: flash {self.flash_bytes:,} bytes ({flash}); RAM {self.ram_bytes:,} bytes ({ram}); at most "
            f"{self.cells:,} cells a decision, with filters about {self.instructions:,} instructions "
            "on a Cortex-M4"
        )

    def _table(self) -> tuple[list[str], list[list[str]]]:
        header = ["device", "fits", "ms", "µJ"]
        rows = [
            [
                estimate.device,
                "yes" if self._fits(device) else "no",
                f"{1e3 * estimate.time_s:.2g}",
                f"{1e6 * estimate.energy_j:.3g}",
            ]
            for device, estimate in zip(MICROCONTROLLERS, self.estimates(), strict=True)
        ]
        return header, rows


def report(recognizer: IntegerRecognizer, plan: Plan, directory: Path, name: str) -> CExport:
    """What the recogniser needs once it is written to ``directory``."""
    n_prototypes, n_timesteps, n_channels = recognizer.prototypes.shape
    window = dtw_cost(n_timesteps, n_channels, band=recognizer.radius) * n_prototypes
    cells = window.comparisons // 2
    window_bytes = 2 * recognizer.length * plan.stored.n_channels
    other_bytes = sum(values.nbytes for values in constants(recognizer, plan).values()) - recognizer.prototypes.nbytes
    bits = 8 * recognizer.prototypes.itemsize
    instructions = cells * (_CELL_INSTRUCTIONS + _PAIR_INSTRUCTIONS[bits] * -(-n_channels // 2))
    instructions += plan.instructions
    if recognizer.readout is not None:
        n_classes = len(recognizer.readout.bias)
        instructions += n_prototypes * (_FEATURE_INSTRUCTIONS + n_classes * _WEIGHT_INSTRUCTIONS)
    return CExport(
        directory=directory,
        name=name,
        bits=bits,
        prototype_bytes=recognizer.prototypes.nbytes,
        constant_bytes=other_bytes,
        code_bytes=_code_bytes(plan.stages, recognizer.readout is not None),
        window_bytes=window_bytes,
        working_bytes=state_bytes(recognizer, plan) - window_bytes,
        cells=cells,
        instructions=round(instructions),
        cost=Cost(
            params=recognizer.prototypes.size,
            macs=window.macs,
            comparisons=window.comparisons,
            weight_bytes=recognizer.prototypes.nbytes + other_bytes,
            activation_bytes=state_bytes(recognizer, plan),
        ),
    )


def _code_bytes(stages: tuple[Stage, ...], has_readout: bool) -> int:
    used = [stage.template for stage in stages if stage.template in _CODE_BYTES]
    return sum(_CODE_BYTES[part] for part in ["core", *used, *(["readout"] if has_readout else [])])
