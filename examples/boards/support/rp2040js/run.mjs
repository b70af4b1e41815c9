// Runs a program for the RP2040 in rp2040js and answers its semihosting calls.
//
//     node run.mjs PROGRAM.bin INPUT.bin INPUT_OFFSET
//
// The program starts at the beginning of the flash; the input lies INPUT_OFFSET bytes behind.
import { readFileSync } from "node:fs";

import { RP2040 } from "rp2040js";

const FLASH = 0x10000000;
const [SYS_WRITE0, SYS_EXIT_EXTENDED, SYS_ELAPSED] = [0x04, 0x20, 0x30];
const [program, input, offset] = process.argv.slice(2);

const chip = new RP2040();
chip.logger = { debug() {}, info() {}, warn: console.error, error: console.error };
chip.flash.set(readFileSync(program), 0);
chip.flash.set(readFileSync(input), Number(offset));
chip.core.VTOR = FLASH;
chip.core.reset();

let status = null;
const output = [];

chip.onBreak = () => {
  const [operation, argument] = chip.core.registers;
  if (operation === SYS_WRITE0) {
    for (let at = argument, byte; (byte = chip.readUint8(at)) !== 0; ++at) output.push(byte);
  } else if (operation === SYS_ELAPSED) {
    chip.writeUint32(argument, chip.core.cycles >>> 0);
    chip.writeUint32(argument + 4, 0);
  } else if (operation === SYS_EXIT_EXTENDED) {
    status = chip.readUint32(argument + 4);
  }
  chip.core.registers[0] = 0;
};
while (status === null) chip.core.executeInstruction();
process.stdout.write(Buffer.from(output), () => process.exit(status));
