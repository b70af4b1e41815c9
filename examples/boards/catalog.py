"""The boards by name."""

from __future__ import annotations

from examples.boards.board import SUPPORT, Board

_C99 = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror")
_QEMU = ("-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native")
_KERNEL = ("-kernel", "{program}")


def _cortex_m(
    name: str, core: str, machine: str, memory: str, *, ticks: int = 1600, options: tuple[str, ...] = ()
) -> Board:
    """A Cortex-M board of QEMU's.

    Input is loaded to the address ``memory``; ``ticks`` of SysTick go by in 1,000 instructions of 64 ns.
    """
    return Board(
        name=name,
        compiler=("arm-none-eabi-gcc", *_C99, f"-mcpu={core}", "-mthumb", *options, f"-DINPUT_ADDRESS={memory}")
        + (f"-DTICKS_PER_1000_INSTRUCTIONS={ticks}",),
        sources=("cortex_m.c",),
        linking=_cortex_m_linking("0", "512K"),
        command=("qemu-system-arm", "-M", machine, *_QEMU, "-icount", "shift=6", *_KERNEL)
        + ("-device", "loader,file={input},addr=" + memory + ",force-raw=on"),
        counts="instructions",
        output="stderr",
        input_bytes=2**24,
    )


def _cortex_m_linking(flash: str, ram: str) -> tuple[str, ...]:
    sizes = (f"-Wl,--defsym=FLASH_ADDRESS={flash}", f"-Wl,--defsym=RAM_BYTES={ram}")
    return (*sizes, "-T", str(SUPPORT / "cortex_m.ld"), "-nostartfiles", "-Wl,--gc-sections")


def _host(name: str, *compiler: str) -> Board:
    return Board(name=name, compiler=(*compiler, *_C99), sources=("host.c",))


# Out-of-bounds access and undefined behaviour end the program.
_SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")

BOARDS = {
    board.name: board
    for board in (
        _host("host gcc", "gcc"),
        _host("host clang", "clang"),
        _host("host gcc, sanitized", "gcc", *_SANITIZERS),
        Board(
            name="Cortex-M0+",
            compiler=("arm-none-eabi-gcc", *_C99, "-mcpu=cortex-m0plus", "-mthumb", "-DINPUT_ADDRESS=0x10100000"),
            sources=("cortex_m.c",),
            linking=_cortex_m_linking("0x10000000", "256K"),
            command=("node", str(SUPPORT / "rp2040js" / "run.mjs"), "{binary}", "{input}", "0x100000"),
            needs=("arm-none-eabi-objcopy",),
            counts="cycles",
            input_bytes=15 * 2**20,
        ),
        _cortex_m("Cortex-M3", "cortex-m3", "mps2-an385", "0x21000000"),
        _cortex_m("Cortex-M4", "cortex-m4", "mps2-an386", "0x21000000"),
        _cortex_m("Cortex-M7", "cortex-m7", "mps2-an500", "0x60000000"),
        # SysTick runs at 32 MHz instead of 25.
        _cortex_m("Cortex-M55", "cortex-m55", "mps3-an547", "0x60000000", ticks=2048, options=("-mfloat-abi=hard",)),
        Board(
            name="RV32",
            # The inline assembly reads a counter, which newer versions of the ISA call an extension.
            compiler=("riscv64-unknown-elf-gcc", "--specs=picolibc.specs", *_C99, "-march=rv32imac", "-mabi=ilp32")
            + ("-misa-spec=2.2", "-DINPUT_ADDRESS=0x82000000"),
            sources=("riscv.c",),
            linking=("-T", str(SUPPORT / "riscv.ld"), "-nostartfiles", "-Wl,--gc-sections,--no-warn-rwx-segments"),
            command=("qemu-system-riscv32", "-M", "virt", "-bios", "none", *_QEMU, "-icount", "shift=0", *_KERNEL)
            + ("-device", "loader,file={input},addr=0x82000000,force-raw=on"),
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
}
