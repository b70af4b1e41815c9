/* The second stage of the RP2040's start, 256 bytes with their checksum: reads the flash by command 03h, which every
   serial flash knows, then starts the program behind these bytes. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb
    .section .boot, "ax", %progbits
    .global boot
    .thumb_func
boot:
    ldr r3, =0x18000000     /* the controller of the flash */
    movs r0, #0
    str r0, [r3, #0x08]     /* off, to be changed */
    movs r0, #4
    str r0, [r3, #0x14]     /* a quarter of the system clock */
    ldr r0, =0x001F0300     /* read 32 bits at a time, one data line */
    str r0, [r3, #0x00]
    movs r0, #0
    str r0, [r3, #0x04]
    ldr r1, =0x180000F4
    ldr r0, =0x03000218     /* command 03h of 8 bits, an address of 24 */
    str r0, [r1]
    movs r0, #1
    str r0, [r3, #0x08]     /* on */
    ldr r0, =0x10000100     /* the vector table of the program */
    ldr r1, =0xE000ED08
    str r0, [r1]
    ldmia r0!, {r1, r2}
    msr msp, r1
    bx r2
    .ltorg
