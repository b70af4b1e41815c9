"""The boards by name."""

from __future__ import annotations

from examples.boards.board import SUPPORT, Board

_C99 = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror")
_ARM = ("arm-none-eabi-gcc", *_C99, "-mthumb")
# Out-of-bounds access and undefined behaviour end the program.
_SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")
_LINKING = ("-nostartfiles", "-Wl,--gc-sections")


def _in_qemu(system: str, machine: str, icount: str, memory: str) -> tuple[str, ...]:
    """The command that runs a program with its input at the address ``memory``."""
    options = f"-M {machine} -nographic -monitor none -serial none -semihosting-config enable=on,target=native"
    options += " -bios none" if system == "riscv32" else ""
    load = f"loader,file={{input}},addr={memory},force-raw=on"
    return (f"qemu-system-{system}", *options.split(), "-icount", icount, "-kernel", "{program}", "-device", load)


def _flash_and_ram(address: str, ram: str) -> tuple[str, ...]:
    """How a program for a Cortex-M is linked."""
    sizes = (f"-Wl,--defsym=FLASH_ADDRESS={address}", f"-Wl,--defsym=RAM_BYTES={ram}")
    return (*sizes, "-T", str(SUPPORT / "cortex_m.ld"), *_LINKING)


def _cortex_m(core: str, machine: str, memory: str, *, ticks: int = 1600, options: tuple[str, ...] = ()) -> Board:
    """A Cortex-M board of QEMU's; ``ticks`` of SysTick go by in 1,000 instructions of 64 ns."""
    macros = (f"-DINPUT_ADDRESS={memory}", f"-DTICKS_PER_1000_INSTRUCTIONS={ticks}")
    return Board(
        name=core,
        compiler=(*_ARM, f"-mcpu={core.lower()}", *options, *macros),
        sources=("cortex_m.c",),
        linking=_flash_and_ram("0", "512K"),
        command=_in_qemu("arm", machine, "shift=6", memory),
        counts="instructions",
        output="stderr",
        input_bytes=2**24,
    )


_BOARDS = (
    Board(name="host gcc", compiler=("gcc", *_C99), sources=("host.c",)),
    Board(name="host clang", compiler=("clang", *_C99), sources=("host.c",)),
    Board(name="host sanitized", compiler=("gcc", *_C99, *_SANITIZERS), sources=("host.c",)),
    Board(
        name="Cortex-M0+",
        compiler=(*_ARM, "-mcpu=cortex-m0plus", "-DINPUT_ADDRESS=0x10100000"),
        sources=("cortex_m.c",),
        linking=_flash_and_ram("0x10000000", "256K"),
        command=("node", str(SUPPORT / "rp2040js" / "run.mjs"), "{binary}", "{input}", "0x100000"),
        needs=("arm-none-eabi-objcopy",),
        counts="cycles",
        input_bytes=15 * 2**20,
    ),
    _cortex_m("Cortex-M3", "mps2-an385", "0x21000000"),
    _cortex_m("Cortex-M4", "mps2-an386", "0x21000000"),
    _cortex_m("Cortex-M7", "mps2-an500", "0x60000000"),
    # SysTick runs at 32 MHz instead of 25.
    _cortex_m("Cortex-M55", "mps3-an547", "0x60000000", ticks=2048, options=("-mfloat-abi=hard",)),
    Board(
        name="RV32",
        compiler=(
            *("riscv64-unknown-elf-gcc", "--specs=picolibc.specs", *_C99, "-march=rv32imac", "-mabi=ilp32"),
            "-misa-spec=2.2",  # the assembly reads a counter, which newer versions of the ISA call an extension
            "-DINPUT_ADDRESS=0x82000000",
        ),
        sources=("riscv.c",),
        linking=("-T", str(SUPPORT / "riscv.ld"), *_LINKING, "-Wl,--no-warn-rwx-segments"),
        command=_in_qemu("riscv32", "virt", "shift=0", "0x82000000"),
        counts="instructions",
        output="stderr",
    ),
    Board(
        name="AVR",
        compiler=("avr-gcc", *_C99, "-mmcu=atmega2560", '-DINPUT_FILE="{input}"'),
        sources=("avr.c", "input.S"),
        command=("simavr", "-m", "atmega2560", "-f", "16000000", "{program}"),
        counts="cycles",
        output="stderr",
        input_bytes=200 * 1024,
    ),
)

BOARDS = {board.name: board for board in _BOARDS}
