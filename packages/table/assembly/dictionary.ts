import { bytes, codes, ends, nulls, starts, width, writing } from './place'
import { ESCAPED, ESCAPED_STRING } from './written'

/**
 * Texts by their bytes, numbered in the order in which they were first seen: open addressing over `slots`, which hold the
 * number + 1 of a word. The bytes stand in `store`, one word after the other; the next word's beginning is a word's end.
 * Both they and the cells are followed by at least eight bytes that may be read.
 */
@unmanaged
class Dictionary {
  slots: usize
  mask: u32
  hashes: usize
  begins: usize
  /** Words that there is room for. */
  capacity: i32
  store: usize
  storeBytes: i32
  size: i32
  /** How often a text was looked for. */
  searches: i32
  /** 0 where every text is taken for a new one. */
  searching: i32
  /** The highest bits of all bytes, in the highest of each. */
  bits: u64
}

/** So that nobody can choose texts which all fall into one slot. */
export let seed: u64 = 0
export function sow(low: u32, high: u32): void {
  seed = ((<u64>high) << 32) | low
}

function hashOf(at: usize, length: i32): u32 {
  let hash = seed ^ <u64>length
  let p = at
  let left = length
  for (; left >= 8; left -= 8, p += 8) hash = mixed(hash, load<u64>(p))
  if (left > 0) hash = mixed(hash, load<u64>(p) & (<u64>-1 >> ((8 - left) << 3)))
  return <u32>(hash >> 32)
}

/** As in splitmix64 (Steele, Lea, Flood 2014), a round for eight bytes. */
function mixed(hash: u64, eight: u64): u64 {
  let x = (hash ^ eight) * 0xbf58476d1ce4e5b9
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb
  return x ^ (x >> 31)
}

function equals(a: usize, b: usize, length: i32): bool {
  let left = length
  for (; left >= 8; left -= 8, a += 8, b += 8) if (load<u64>(a) !== load<u64>(b)) return false
  return left === 0 || (load<u64>(a) ^ load<u64>(b)) << ((8 - left) << 3) === 0
}

/** The number of a text, -1 where there is no room for it. */
export function codeOf(dictionary: Dictionary, at: usize, length: i32): i32 {
  const words = dictionary.size
  const begin = load<i32>(dictionary.begins + ((<usize>words) << 2))
  let hash: u32 = 0
  let slot: u32 = 0
  if (dictionary.searching !== 0) {
    hash = hashOf(at, length)
    slot = hash & dictionary.mask
    for (;;) {
      const found = load<i32>(dictionary.slots + ((<usize>slot) << 2))
      if (found === 0) break
      const word = <usize>(found - 1)
      if (load<u32>(dictionary.hashes + (word << 2)) === hash) {
        const first = load<i32>(dictionary.begins + (word << 2))
        const next = load<i32>(dictionary.begins + (word << 2) + 4)
        if (next - first === length && equals(dictionary.store + first, at, length)) {
          if (dictionary.searches < i32.MAX_VALUE) dictionary.searches++
          return found - 1
        }
      }
      slot = (slot + 1) & dictionary.mask
    }
  }
  if (words === dictionary.capacity || begin + length + 8 > dictionary.storeBytes) return -1
  if (dictionary.searching !== 0) {
    if (dictionary.searches < i32.MAX_VALUE) dictionary.searches++
    store<i32>(dictionary.slots + ((<usize>slot) << 2), words + 1)
    store<u32>(dictionary.hashes + ((<usize>words) << 2), hash)
  }
  const to = dictionary.store + begin
  let bits: u64 = dictionary.bits
  let i = 0
  for (; i + 8 <= length; i += 8) {
    const eight = load<u64>(at + i)
    store<u64>(to + i, eight)
    bits |= eight
  }
  if (i < length) {
    const eight = load<u64>(at + i) & (<u64>-1 >> ((8 - (length - i)) << 3))
    store<u64>(to + i, eight)
    bits |= eight
  }
  dictionary.bits = bits & 0x8080808080808080
  store<i32>(dictionary.begins + ((<usize>words) << 2) + 4, begin + length)
  dictionary.size = words + 1
  return words
}

/** Puts all words into the slots, which are empty. */
export function spread(dictionary: Dictionary): void {
  for (let word = 0; word < dictionary.size; word++) {
    let slot = load<u32>(dictionary.hashes + ((<usize>word) << 2)) & dictionary.mask
    while (load<i32>(dictionary.slots + ((<usize>slot) << 2)) !== 0) slot = (slot + 1) & dictionary.mask
    store<i32>(dictionary.slots + ((<usize>slot) << 2), word + 1)
  }
}

/**
 * Gives the texts of a column their numbers, -1 where the row is null, from a row on; ends at the first one for which there is
 * no room, or whose cell is not written as the text is, and gives that row.
 */
export function texts(dictionary: Dictionary, column: i32, firstRow: i32, rows: i32): i32 {
  let row = firstRow
  for (let k: usize = <usize>(column + row * width); row < rows; row++, k += width) {
    let code = -1
    if (load<u8>(nulls + row) === 0) {
      const written = load<u8>(writing + k)
      if (written === ESCAPED || written === ESCAPED_STRING) return row
      const start = load<i32>(starts + (k << 2))
      code = codeOf(dictionary, bytes + start, load<i32>(ends + (k << 2)) - start)
      if (code < 0) return row
    }
    store<i32>(codes + ((<usize>row) << 2), code)
  }
  return row
}
