"""Processors to run exported C code on: this computer, and emulators of microcontrollers.

:func:`run_on` compiles a program for a board, runs it there and returns what it printed and counted. If a compiler or
an emulator is absent, :func:`missing` says which. Counts have their own names: QEMU counts *instructions*, rp2040js
and simavr count *cycles*.
"""

from examples.boards.board import Board, Output, Program
from examples.boards.catalog import BOARDS
from examples.boards.exported import classify_on, stream_on
from examples.boards.running import code_bytes, missing, run_on

__all__ = ["BOARDS", "Board", "Output", "Program", "classify_on", "code_bytes", "missing", "run_on", "stream_on"]
