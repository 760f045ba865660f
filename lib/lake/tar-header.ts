const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;
const SPACE = 0x20;

/** Whether the bytes begin with the header of a tar, of any format: its checksum must be right. */
export function isTar(head: Uint8Array): boolean {
  if (head.length < BLOCK_BYTES || head[0] === 0) return false;
  const field = head.subarray(CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH);
  const printed = /^ *([0-7]+)[ \0]*$/.exec(String.fromCharCode(...field));
  if (!printed) return false;
  let sum = CHECKSUM_LENGTH * SPACE;
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const isField = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_LENGTH;
    if (!isField) sum += head[i];
  }
  return sum === Number.parseInt(printed[1], 8);
}
