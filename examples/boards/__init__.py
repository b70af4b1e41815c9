"""Processors to run exported C code on: this computer, and emulators of microcontrollers.

:func:`run_on` compiles a program for a board, runs it there and returns what it printed and counted. A board whose
compiler or emulator is absent says so. What is counted has its own name: QEMU counts *instructions*, rp2040js and simavr
count *cycles*.
"""

from examples.boards.board import Board, Output, Program
from examples.boards.catalog import BOARDS
from examples.boards.running import code_bytes, missing, run_on

__all__ = ["BOARDS", "Board", "Output", "Program", "code_bytes", "missing", "run_on"]
