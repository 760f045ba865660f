import { ByteSink } from './byte-sink';

const staged = ByteSink.make(1 << 12);

/** Memory of `size` bytes for what the next call is given; it is void at the next `stage`. */
export function stage(size: i32): usize {
  staged.length = 0;
  staged.reserve(size);
  return staged.at;
}
