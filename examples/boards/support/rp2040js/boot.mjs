// Starts an image for the RP2040 in rp2040js as the chip does, and prints what its serial port sends until "end".
//
//     node boot.mjs IMAGE.bin
//
// The chip's own first stage is not part of the emulator: what it does with the flash is done here.
import { readFileSync } from "node:fs";

import { RP2040 } from "rp2040js";

const SECOND_STAGE_IN_RAM = 0x20041f00;

function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; ++bit) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

const image = readFileSync(process.argv[2]);
if (checksum(image.subarray(0, 252)) !== image.readUInt32LE(252)) {
  console.error("the checksum of the second stage is wrong: the chip would not start it");
  process.exit(1);
}
const chip = new RP2040();
chip.logger = { debug() {}, info() {}, warn: console.error, error: console.error };
chip.flash.set(image, 0);
chip.sram.set(image.subarray(0, 256), SECOND_STAGE_IN_RAM - 0x20000000);
chip.core.PC = SECOND_STAGE_IN_RAM;

let text = "";
chip.uart[0].onByte = (byte) => { text += String.fromCharCode(byte); };
while (!text.endsWith("end\n")) chip.core.executeInstruction();
process.stdout.write(text);
