const WORDS = 624
const AHEAD = 397

export interface MersenneTwisterState {
  words: number[]
  /** The word that is next; 624 where all have been used. */
  next: number
}

export interface MersenneTwister {
  /** `bits` random bits as a whole number, 1 to 32 of them: Python's `getrandbits`. */
  bits(bits: number): number
  state(): MersenneTwisterState
}

/**
 * The Mersenne Twister MT19937 (M. Matsumoto and T. Nishimura, ACM Transactions on Modeling and Computer Simulation 8,
 * 1998), seeded as Python's `random.Random(seed)` is, or going on from a state. RangeError unless the seed is a whole number.
 */
export function mersenneTwister(from: number | MersenneTwisterState): MersenneTwister {
  const words = typeof from === 'number' ? seeded(from) : Uint32Array.from(from.words)
  let next = typeof from === 'number' ? WORDS : from.next
  return {
    bits(bits) {
      if (next === WORDS) {
        twist(words)
        next = 0
      }
      let y = words[next++]!
      y ^= y >>> 11
      y ^= (y << 7) & 0x9d2c5680
      y ^= (y << 15) & 0xefc60000
      y ^= y >>> 18
      return y >>> (32 - bits)
    },
    state: () => ({ words: [...words], next }),
  }
}

function twist(words: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const y = (words[i]! & 0x80000000) | (words[(i + 1) % WORDS]! & 0x7fffffff)
    words[i] = words[(i + AHEAD) % WORDS]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
  }
}

/** The reference implementation's init_by_array, over the seed's 32-bit digits. */
function seeded(seed: number): Uint32Array {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is a whole number, not ${seed}`)
  const size = Math.abs(seed)
  const key = size < 2 ** 32 ? [size] : [size % 2 ** 32, Math.floor(size / 2 ** 32)]
  const words = new Uint32Array(WORDS)
  words[0] = 19650218
  for (let i = 1; i < WORDS; i++) words[i] = Math.imul(1812433253, words[i - 1]! ^ (words[i - 1]! >>> 30)) + i
  let i = 1
  const step = (factor: number, add: number) => {
    const before = words[i - 1]!
    words[i] = (words[i]! ^ Math.imul(before ^ (before >>> 30), factor)) + add
    if (++i === WORDS) {
      words[0] = words[WORDS - 1]!
      i = 1
    }
  }
  for (let k = 0; k < WORDS; k++) step(1664525, key[k % key.length]! + (k % key.length))
  for (let k = 0; k < WORDS - 1; k++) step(1566083941, -i)
  words[0] = 0x80000000
  return words
}

/**
 * `count` different whole numbers below `below`, drawn as Python's `random.sample(range(below), count)` draws them.
 * RangeError where there are not as many.
 */
export function sampleBelow(random: MersenneTwister, below: number, count: number): number[] {
  if (count > below) throw new RangeError(`There are no ${count} different whole numbers below ${below}`)
  const poolUpTo = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0)
  if (below <= poolUpTo) {
    const pool = Array.from({ length: below }, (_, i) => i)
    return Array.from({ length: count }, (_, i) => {
      const at = numberBelow(random, below - i)
      const drawn = pool[at]!
      pool[at] = pool[below - i - 1]!
      return drawn
    })
  }
  const drawn = new Set<number>()
  while (drawn.size < count) drawn.add(numberBelow(random, below))
  return [...drawn]
}

/** Python's `_randbelow_with_getrandbits`. */
function numberBelow(random: MersenneTwister, below: number): number {
  const bits = 32 - Math.clz32(below)
  let drawn = random.bits(bits)
  while (drawn >= below) drawn = random.bits(bits)
  return drawn
}
