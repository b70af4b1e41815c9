"""What the exported program takes: flash, memory and computation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CReport:
    constant_bytes: int
    arena_bytes: int
    image_bytes: int
    macs: int

    @property
    def summary(self) -> str:
        return f"{self.macs} multiply-accumulates, {self.arena_bytes} bytes of memory"
