"""Devices with cited figures: estimates of time and energy for a cost.

Time is the number of operations divided by the throughput of their arithmetic, measured on a convolutional network;
:mod:`common.costs.arithmetic` says which arithmetic that is. Energy is that time at the device's active power, plus
reads of memory outside the chip, plus the radio. This assumes that DTW runs as efficiently as a convolution, and that
weights are read once per decision: trust the order of magnitude, and measure before you build. :attr:`Device.sources`
says where each figure was measured or how it was derived.

Memory and radio are counted because a read of 32 bits from DRAM takes 640 pJ and a 32-bit integer multiplication
3.1 pJ on a 45 nm chip, the lecture's factor of about 200 (Horowitz: Computing's energy problem. ISSCC 2014; Han et al.:
Learning both weights and connections. NeurIPS 2015, table 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.costs.arithmetic import DTYPES, work_of
from common.costs.ledger import Cost, Ledger
from common.errors import InvalidInputError
from common.validation import check_choice, check_integer, check_number

if TYPE_CHECKING:
    import pandas as pd

_DAY_S = 86_400
_WORD_BYTES = 4
_ESTIMATED = ("device", "time_s", "energy_j", "fits", "arithmetic", "is_assumed")  # the columns of a table


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device on which decisions are computed.

    Attributes
    ----------
    name : str
        For tables and plots.
    int8_macs_per_s, float32_macs_per_s : float
        Multiply-accumulates per second; a comparison counts as one.
    active_w, sleep_w : float
        Power while computing, and while waiting for the next window.
    memory_access_j : float
        Energy of reading 4 bytes from memory outside the chip; 0 if all memory is on the chip.
    radio_byte_j : float
        Energy of sending one byte, where headers count as bytes (see :func:`common.transmission_cost`).
    ram_bytes, flash_bytes : int
        Capacity for working memory, and for weights.
    sources : tuple of str
        Where each figure comes from, or how it was derived.

    Raises
    ------
    InvalidInputError
        If a throughput or a power is not above 0, or another figure is negative.

    Examples
    --------
    Use :func:`dataclasses.replace` for a device of your own:

    >>> from dataclasses import replace
    >>> from common import CORTEX_M4
    >>> slower = replace(CORTEX_M4, name="Cortex-M4, 40 MHz", int8_macs_per_s=CORTEX_M4.int8_macs_per_s / 3)
    >>> print(slower.estimate(Cost(macs=1_000_000)))
    about 54 ms and 2.6 mJ in int8 (assumed) on Cortex-M4, 40 MHz
    >>> slower.macs_per_s("int8") == CORTEX_M4.macs_per_s("int8") / 3
    True
    """

    name: str
    int8_macs_per_s: float
    float32_macs_per_s: float
    active_w: float
    sleep_w: float
    memory_access_j: float
    radio_byte_j: float
    ram_bytes: int
    flash_bytes: int
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("int8_macs_per_s", "float32_macs_per_s", "active_w"):
            check_number(getattr(self, name), name, above=0)
        for name in ("sleep_w", "memory_access_j", "radio_byte_j"):
            check_number(getattr(self, name), name, at_least=0)
        for name in ("ram_bytes", "flash_bytes"):
            check_integer(getattr(self, name), name, at_least=0)

    def macs_per_s(self, dtype: str) -> float:
        """Throughput for ``"int8"`` or ``"float32"``.

        Raises
        ------
        InvalidInputError
            If ``dtype`` is another one.
        """
        check_choice(dtype, "dtype", DTYPES)
        return self.int8_macs_per_s if dtype == "int8" else self.float32_macs_per_s

    def mac_j(self, dtype: str) -> float:
        """Energy of one MAC: active power divided by throughput.

        >>> from common import CORTEX_M4
        >>> f"{CORTEX_M4.mac_j('int8'):.1e}"
        '8.5e-10'
        """
        return self.active_w / self.macs_per_s(dtype)

    def estimate(self, cost: Cost | Ledger, *, dtype: str | None = None) -> Estimate:
        """Time and energy of one decision, in the arithmetic of the cost, and whether it fits into memory.

        Parameters
        ----------
        cost : Cost or Ledger
            Cost of one decision; for a ledger, all its rows, each in its own arithmetic. Bytes are taken as they are.
        dtype : {"int8", "float32"}, optional
            The arithmetic, needed only where the cost does not know it, as those of the formulas. Without it, weights
            of four bytes are taken for float32 and all else for int8, and the result says that this was assumed.

        Raises
        ------
        InvalidInputError
            If ``dtype`` contradicts the cost; if the cost is in "int16x8", of which there is no figure, and ``dtype``
            does not name a substitute; if it is a sum of different arithmetics, instead of the ledger of its parts.

        Examples
        --------
        Forty-eight prototypes that recognize six activities, and the decision sent by radio:

        >>> from common import CORTEX_M4, knn_cost, transmission_cost
        >>> cost = knn_cost(48, 32, 9, band=3) + transmission_cost(1)
        >>> print(CORTEX_M4.estimate(cost, dtype="float32"))
        about 5.6 ms and 0.27 mJ in float32 on Cortex-M4 (STM32L4R5, 120 MHz)
        """
        return self._estimate(cost, dtype, "cost")

    def _estimate(self, cost: Cost | Ledger, dtype: str | None, name: str) -> Estimate:
        total = _total(cost, name)
        work = work_of(cost, dtype, name)
        time_s = work.int8 / self.int8_macs_per_s + work.float32 / self.float32_macs_per_s
        return Estimate(
            device=self.name,
            time_s=time_s,
            compute_j=time_s * self.active_w,
            memory_j=total.weight_bytes / _WORD_BYTES * self.memory_access_j,
            radio_j=total.sent_bytes * self.radio_byte_j,
            fits=total.activation_bytes <= self.ram_bytes and total.weight_bytes <= self.flash_bytes,
            arithmetic=work.arithmetic,
            is_assumed=work.is_assumed,
        )

    def average_power(self, cost: Cost | Ledger, *, decisions_per_day: float, dtype: str | None = None) -> float:
        """Mean power in watts for a number of decisions a day, asleep in between.

        ``cost`` and ``dtype`` are those of :meth:`estimate`, whose result says which arithmetic was taken.

        Raises
        ------
        InvalidInputError
            If they take more than a day, or as :meth:`estimate`.

        Examples
        --------
        With prototypes in 8 bits and one decision a second, a coin cell of 2.4 kJ lasts nine months:

        >>> from common import CORTEX_M4, knn_cost
        >>> cost = knn_cost(48, 32, 9, band=3, bytes_per_value=1)
        >>> power = CORTEX_M4.average_power(cost, decisions_per_day=86_400, dtype="int8")
        >>> f"{power * 1e6:.0f} µW, {2400 / power / 86_400:.0f} days"
        '101 µW, 276 days'
        """
        estimate = self.estimate(cost, dtype=dtype)
        n = check_number(decisions_per_day, "decisions_per_day", at_least=0)
        busy_s = n * estimate.time_s
        if busy_s > _DAY_S:
            raise InvalidInputError(
                f"decisions_per_day is {n:g}, which takes about {busy_s / _DAY_S:.2g} days on {self.name}: "
                f"ask for at most {_DAY_S / estimate.time_s:.3g}, or take a cheaper model"
            )
        return (n * estimate.energy_j + (_DAY_S - busy_s) * self.sleep_w) / _DAY_S


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Estimated time and energy of one decision on a device; see :mod:`common.costs.devices` for the assumptions.

    Attributes
    ----------
    device : str
        Name of the device.
    time_s : float
        Seconds of computing, without the radio.
    compute_j, memory_j, radio_j : float
        Joules for computing, for memory outside the chip, and for sending.
    fits : bool
        Whether the device has the memory for activations and weights.
    arithmetic : {"int8", "float32", "mixed"} or None
        The arithmetic whose throughput was taken; "mixed" if some operations are in int8 and others in float32, None if
        nothing is computed.
    is_assumed : bool
        Whether the arithmetic was assumed, since neither the cost nor the caller said it, or ``dtype`` is a substitute.

    Examples
    --------
    >>> from common import CORTEX_M4
    >>> estimate = CORTEX_M4.estimate(Cost(macs=1_000_000, sent_bytes=18), dtype="int8")
    >>> f"{1e3 * estimate.time_s:.0f} ms", estimate.fits
    ('18 ms', True)
    >>> estimate.energy_j == estimate.compute_j + estimate.memory_j + estimate.radio_j
    True
    """

    device: str
    time_s: float
    compute_j: float
    memory_j: float
    radio_j: float
    fits: bool
    arithmetic: str | None = None
    is_assumed: bool = False

    @property
    def energy_j(self) -> float:
        """Total energy in joules."""
        return self.compute_j + self.memory_j + self.radio_j

    def __str__(self) -> str:
        figures = f"about {_format_si(self.time_s, 's')} and {_format_si(self.energy_j, 'J')}{self._arithmetic_note()}"
        return f"{figures} on {self.device}{'' if self.fits else ', where it does not fit'}"

    def _arithmetic_note(self) -> str:
        if self.arithmetic is None:
            return ""
        named = "int8 and float32" if self.arithmetic == "mixed" else self.arithmetic
        return f" in {named} (assumed)" if self.is_assumed else f" in {named}"


def compare_ledgers(
    ledgers: Mapping[str, Ledger | Cost], *, devices: Sequence[Device] = (), dtype: str | None = None
) -> pd.DataFrame:
    """Compare costs in a table with a row for each ledger and device.

    Parameters
    ----------
    ledgers : mapping of name to Ledger or Cost
        Cost of one decision each, for example of a wearable and of a camera.
    devices : sequence of Device
        Devices to estimate for. Without any, there is one row per ledger and no estimate.
    dtype : {"int8", "float32"}, optional
        The arithmetic of the costs that do not know theirs, see :meth:`Device.estimate`.

    Returns
    -------
    DataFrame
        Columns ``ledger``, the counts of :class:`~common.Cost`, and with devices ``device``, ``time_s``, ``energy_j``
        (estimates), ``fits``, and ``arithmetic`` and ``is_assumed`` as in :class:`~common.Estimate`.

    Raises
    ------
    InvalidInputError
        If ``ledgers`` is empty or no mapping, ``devices`` holds anything else, or as :meth:`Device.estimate`.

    Examples
    --------
    >>> from common import CORTEX_M4, RASPBERRY_PI_4, conv2d_cost, knn_cost
    >>> ledgers = {"wearable": knn_cost(48, 32, 9, band=3), "camera": conv2d_cost(96, 96, 3, 8, 5)}
    >>> table = compare_ledgers(ledgers, devices=[CORTEX_M4, RASPBERRY_PI_4])
    >>> table[["ledger", "device", "macs", "fits"]]
         ledger                           device     macs  fits
    0  wearable  Cortex-M4 (STM32L4R5, 120 MHz)    91584  True
    1  wearable         Raspberry Pi 4 (4 cores)    91584  True
    2    camera  Cortex-M4 (STM32L4R5, 120 MHz)  5078400  True
    3    camera         Raspberry Pi 4 (4 cores)  5078400  True
    """
    import pandas as pd

    if not isinstance(ledgers, Mapping) or not ledgers:
        raise InvalidInputError('ledgers must be a mapping such as {"camera": ledger} with at least one entry')
    if not isinstance(devices, Sequence) or not all(isinstance(device, Device) for device in devices):
        raise InvalidInputError("devices must be a list of devices, such as [common.CORTEX_M4]")
    rows = []
    for name, ledger in ledgers.items():
        total = _total(ledger, f"ledgers[{name!r}]")
        for device in devices:
            estimate = device._estimate(ledger, dtype, f"ledgers[{name!r}]")
            figures = {column: getattr(estimate, column) for column in _ESTIMATED}
            rows.append({"ledger": name, **total.counts(), **figures})
        if not devices:
            rows.append({"ledger": name, **total.counts()})
    return pd.DataFrame(rows)


def _total(cost: Cost | Ledger, name: str) -> Cost:
    if isinstance(cost, Ledger):
        return cost.total
    if not isinstance(cost, Cost):
        raise InvalidInputError(f"{name} is a {type(cost).__name__}; pass a Cost or a Ledger")
    return cost


def _format_si(value: float, unit: str) -> str:
    """``0.0056, "s"`` as 5.6 ms, with the two digits that an estimate deserves."""
    scales = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"))
    factor, prefix = next((scale for scale in scales if value >= 0.0995 * scale[0] or value == 0), (1e-9, "n"))
    return f"{float(f'{value / factor:.2g}'):g} {prefix}{unit}"
