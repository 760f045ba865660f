/** Zeroed memory of `size` bytes. */
export function allocate(size: usize): usize {
  const at = heap.alloc(size);
  memory.fill(at, 0, size);
  return at;
}

/** The same memory with room for `size` bytes, those from `used` on zeroed; the old address is void. */
export function enlarge(at: usize, used: usize, size: usize): usize {
  const larger = heap.realloc(at, size);
  memory.fill(larger + used, 0, size - used);
  return larger;
}

/** Whether two ranges of `length` bytes hold the same. */
// @ts-ignore: decorator
@inline
export function isSame(a: usize, b: usize, length: i32): bool {
  if (length >= 8) {
    const last = length - 8;
    for (let at: i32 = 0; at < last; at += 8) {
      if (load<u64>(a + at) != load<u64>(b + at)) return false;
    }
    return load<u64>(a + last) == load<u64>(b + last);
  }
  if (length >= 4) {
    const last = length - 4;
    return load<u32>(a) == load<u32>(b) && load<u32>(a + last) == load<u32>(b + last);
  }
  for (let at: i32 = 0; at < length; at++) {
    if (load<u8>(a + at) != load<u8>(b + at)) return false;
  }
  return true;
}
