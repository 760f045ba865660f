import { copyBytes } from './ascii.ts';
import { unescapePath } from './escapes.ts';
import { Name } from './name.ts';

/** A command name with strace's escapes undone. */
export function makeComm(_text: string, bytes: Uint8Array): Name {
  const copy = copyBytes(bytes, 0, bytes.length);
  const plain = copy.subarray(0, unescapePath(copy, 0, copy.length));
  return new Name(new TextDecoder().decode(plain));
}
