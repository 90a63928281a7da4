/** Told now and then how far a long transfer is. */
export type Say = (sentence: string) => void

/** Smaller files are there before anybody asks, in bytes. */
const smallest = 50e6
/** A line at least every 10 s, and at every tenth of the whole. */
const longest = 10_000

/**
 * The same bytes; of a large file it is said how far they are: `model.bin: 120 of 480 MB`. `size` in bytes, null where it is
 * not known.
 */
export async function* withProgress(
  source: AsyncIterable<Uint8Array>,
  of: { name: string; size: number | null },
  say: Say | undefined,
  now: () => number = Date.now,
): AsyncGenerator<Uint8Array> {
  const step = of.size === null ? Number.POSITIVE_INFINITY : of.size / 10
  let done = 0
  let told = 0
  let at = now()
  for await (const chunk of source) {
    yield chunk
    done += chunk.byteLength
    const due = Math.floor(done / step) > Math.floor(told / step) || now() - at >= longest
    if (say === undefined || !due || (of.size ?? done) < smallest) continue
    say(`${of.name}: ${of.size === null ? megabytes(done) : `${megabytes(done)} of ${megabytes(of.size)}`} MB`)
    told = done
    at = now()
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6)
