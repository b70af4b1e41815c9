"""Profiles of devices, each figure with its source; "derived" marks figures that were computed from other ones.

The MLPerf Tiny image classification network (ResNet-8) takes 12,501,632 MACs, by :func:`common.conv2d_cost` and
:func:`common.dense_cost`, and tflite-micro's person detector (MobileNet V1 0.25 at 96×96, grey) 7,157,888; XNNPACK's
MobileNet V1 at 224×224 takes 569 million (Howard et al. 2017, table 4).
"""

from common.costs.devices import Device

# 1 Mbit/s is 8 µs per byte, at 14.4 mW. A full packet (244 bytes of payload, 261 sent) takes 30.1 µJ. Its empty reply
# adds two gaps of 150 µs and 80 µs of reception, all at 13.8 mW: 5.2 µJ.
_BLE_BYTE_J = (261 * 8e-6 * 14.4e-3 + 380e-6 * 13.8e-3) / 261
_BLE = (
    "radio: derived from the nRF52840 Product Specification (3 V, DC/DC, 1 Mbit/s: 4.8 mA sending at 0 dBm, 4.6 mA "
    "receiving) for full Bluetooth LE packets and their acknowledgement; a short packet takes more per byte"
)
_DRAM_READ_J = 640e-12
_DRAM = "memory access: 640 pJ for 32 bits from DRAM in 45 nm (Horowitz, ISSCC 2014; Han et al., NeurIPS 2015)"

_RESNET8_MACS = 12_501_632
_PERSON_DETECTOR_MACS = 7_157_888
_MOBILENET_V1_MACS = 569e6

CORTEX_M4 = Device(
    name="Cortex-M4 (STM32L4R5, 120 MHz)",
    int8_macs_per_s=4.407 * _RESNET8_MACS,
    float32_macs_per_s=120e6 / 6,
    active_w=47.1e-3,
    sleep_w=2.8e-6 * 1.8,
    memory_access_j=0.0,
    radio_byte_j=_BLE_BYTE_J,
    ram_bytes=640 * 1024,
    flash_bytes=2 * 1024**2,
    sources=(
        "int8 throughput and active power: MLPerf Tiny v1.0, closed, STMicroelectronics, NUCLEO-L4R5ZI, image "
        "classification: 4.407 inferences/s, 47.1 mW at 1.8 V (github.com/mlcommons/tiny_results_v1.0); weights come "
        "from the flash inside the chip",
        "float32 throughput: derived: VFMA takes 3 cycles (Cortex-M4 Technical Reference Manual, table 7-1), two "
        "operands to load and a share of the loop 3 more",
        "sleep: 2.8 µA at 1.8 V, Stop 2 with the clock and all RAM kept (STM32L4R5 datasheet DS12023, features)",
        "RAM and flash: DS12023",
        _BLE,
    ),
)

CORTEX_M7 = Device(
    name="Cortex-M7 (STM32H7A3, 280 MHz)",
    int8_macs_per_s=18.401 * _RESNET8_MACS,
    float32_macs_per_s=280e6 / 3,
    active_w=160.6e-3,
    sleep_w=32e-6 * 3.3,
    memory_access_j=0.0,
    radio_byte_j=_BLE_BYTE_J,
    ram_bytes=1_219_000,
    flash_bytes=2 * 1024**2,
    sources=(
        "int8 throughput and active power: MLPerf Tiny v1.0, closed, STMicroelectronics, NUCLEO-H7A3ZI-Q, image "
        "classification: 18.401 inferences/s, 160.6 mW at 3.3 V (github.com/mlcommons/tiny_results_v1.0)",
        "the same from elsewhere: that is 0.82 MACs a cycle; CMSIS-NN reached 0.58 on an STM32F746, 24.7 million "
        "operations, two a MAC, in 99.1 ms at 216 MHz (Lai et al. 2018, table 1, arxiv.org/abs/1801.06601)",
        "float32 throughput: derived: one VFMA a cycle, two operands to load in two cycles, dual issue hides the loop",
        "sleep: 32 µA at 3.3 V, Stop (STM32H7A3 datasheet DS13195, features)",
        "RAM and flash: the system description of that submission (1.19 MB, 2 MB)",
        _BLE,
    ),
)

CORTEX_M33 = Device(
    name="Cortex-M33 (STM32U575, 160 MHz)",
    int8_macs_per_s=7.158 * _RESNET8_MACS,
    float32_macs_per_s=160e6 / 6,
    active_w=26.2e-3,
    sleep_w=8.95e-6 * 3.3,
    memory_access_j=0.0,
    radio_byte_j=_BLE_BYTE_J,
    ram_bytes=768 * 1024,
    flash_bytes=2 * 1024**2,
    sources=(
        "int8 throughput and active power: MLPerf Tiny v1.0, closed, STMicroelectronics, NUCLEO-U575ZI-Q, image "
        "classification: 7.158 inferences/s, 26.2 mW at 1.8 V (github.com/mlcommons/tiny_results_v1.0)",
        "float32 throughput: derived: six cycles a MAC, as for the Cortex-M4, since its FPU is scalar, too",
        "sleep: 8.95 µA, Stop 2 with all RAM kept (STM32U575 datasheet DS13737, features), taken at 3.3 V, the supply "
        "that the features name",
        "RAM and flash: the system description of that submission",
        _BLE,
    ),
)

NRF52840 = Device(
    name="nRF52840 (Cortex-M4, 64 MHz)",
    int8_macs_per_s=64 / 120 * CORTEX_M4.int8_macs_per_s,
    float32_macs_per_s=64e6 / 6,
    active_w=3.3e-3 * 3.0,
    sleep_w=3.16e-6 * 3.0,
    memory_access_j=0.0,
    radio_byte_j=_BLE_BYTE_J,
    ram_bytes=256 * 1024,
    flash_bytes=1024**2,
    sources=(
        "int8 throughput: derived: the MACs a cycle that the same core reaches in the STM32L4R5 (0.46, see there)",
        "float32 throughput: derived: as for the Cortex-M4, in 64 million cycles a second",
        "active power: 3.3 mA at 3 V, CoreMark from flash with DC/DC (nRF52840 Product Specification v1.11, ICPU0); a "
        "network was not measured",
        "sleep: 3.16 µA at 3 V, System ON with all RAM kept, woken by the clock (the same, ION_RAMON_RTC)",
        "RAM and flash: the same, memory",
        _BLE,
    ),
)

# 8 µs per byte, at 176 mA sending and 93 mA receiving, otherwise as for the nRF52840.
_ESP32_S3_BLE_BYTE_J = (261 * 8e-6 * 176e-3 * 3.3 + 380e-6 * 93e-3 * 3.3) / 261

ESP32_S3 = Device(
    name="ESP32-S3 (one core, 240 MHz)",
    int8_macs_per_s=_PERSON_DETECTOR_MACS / 54e-3,
    float32_macs_per_s=240e6 * 256 / 1311,
    active_w=72.4e-3 * 3.3,
    sleep_w=240e-6 * 3.3,
    memory_access_j=32 / 80e6 * 10e-3 * 3.3,
    radio_byte_j=_ESP32_S3_BLE_BYTE_J,
    ram_bytes=512 * 1024,
    flash_bytes=8 * 1024**2,
    sources=(
        "int8 throughput: tflite-micro's person detector in 54 ms with ESP-NN, which uses the vector instructions of "
        "this chip (github.com/espressif/esp-tflite-micro, README); without ESP-NN it takes 2,300 ms",
        "float32 throughput: derived: ESP-NN has no float kernels, so plain C: a dot product of 256 numbers in 1,311 "
        "cycles (ESP-DSP benchmarks, ANSI, -O2, docs.espressif.com)",
        "active power: 72.4 mA at 3.3 V, one core with 128-bit data, the other idle, no radio (ESP32-S3 Series "
        "Datasheet v2.2, table 5-9); a network was not measured",
        "sleep: 240 µA at 3.3 V, Light-sleep, which keeps the RAM (the same, table 5-10)",
        "memory access: derived: flash outside the chip draws 10 mA for 80 Mbit/s (the same, table 5-9, note 3)",
        "RAM and flash: the same, the ESP32-S3FN8 with 8 MB of flash in its package",
        "radio: derived as for the nRF52840 from the peaks of Bluetooth LE, 176 mA sending at 0 dBm and 93 mA "
        "receiving (the same, table 5-8)",
    ),
)

RASPBERRY_PI_4 = Device(
    name="Raspberry Pi 4 (4 cores)",
    int8_macs_per_s=_MOBILENET_V1_MACS / 24e-3,
    float32_macs_per_s=_MOBILENET_V1_MACS / 77e-3,
    active_w=6.4,
    sleep_w=2.7,
    memory_access_j=_DRAM_READ_J,
    radio_byte_j=_BLE_BYTE_J,
    ram_bytes=2 * 1024**3,
    flash_bytes=32 * 10**9,
    sources=(
        "throughput: XNNPACK's README (8 February 2022): MobileNet V1 on the BCM2711, ARM64, all cores: 24 ms in int8, "
        "77 ms in float32",
        "power: 6.4 W with all four cores busy, 2.7 W idle, the whole board (pidramble.com/wiki/benchmarks/"
        "power-consumption); it has no sleep",
        "RAM: the 2 GB model; flash: the SD card of 32 GB that Raspberry Pi recommends",
        _DRAM,
        _BLE,
    ),
)

DESKTOP_CORE = Device(
    name="Desktop core (AVX2, 3 GHz)",
    int8_macs_per_s=40e9,
    float32_macs_per_s=20e9,
    active_w=65 / 8,
    sleep_w=0.5,
    memory_access_j=_DRAM_READ_J,
    radio_byte_j=_BLE_BYTE_J,
    ram_bytes=8 * 1024**3,
    flash_bytes=256 * 10**9,
    sources=(
        "float32 throughput: derived: two FMA units of 8 lanes at 3 GHz are 48 GMAC/s at best; 0.4 of the best is what "
        "XNNPACK reaches on the Cortex-A75 of a Pixel 3a (MobileNet V1 in 88 ms, one thread, against 16 GMAC/s)",
        "int8 throughput: derived: AVX2 multiplies and adds twice as many 8-bit as 32-bit numbers an instruction pair",
        "power: derived: a processor of 65 W with 8 cores, one of them busy",
        "sleep: the limit for standby in the European Union (Regulation 1275/2008)",
        "RAM and flash: a small computer of today",
        _DRAM,
        _BLE,
    ),
)

DEVICES = (CORTEX_M4, CORTEX_M7, CORTEX_M33, NRF52840, ESP32_S3, RASPBERRY_PI_4, DESKTOP_CORE)
