/* The program's input as part of the program, for emulators that cannot load it beside. INPUT_FILE is its path. */
    .section .text.input, "a", @progbits
    .global input_start
input_start:
    .incbin INPUT_FILE
    .balign 2
