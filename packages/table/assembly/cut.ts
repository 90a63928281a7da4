import { bytes, counted, ends, fault, lines, next, starts, width, writing } from './place'
import { CARRIAGE_RETURN, ESCAPED, LINE_FEED, PLAIN, QUOTE, QUOTED } from './written'

// Why a cut ended, where it is no count of rows.
const OPEN_QUOTE: i32 = -1
const AFTER_QUOTE: i32 = -2
const RAGGED: i32 = -3

/** Cuts at most `capacity` whole rows, from `start` to `end`, and says how many; less than 0 is a fault. */
export function cut(start: i32, end: i32, startLine: i32, capacity: i32, delimiter: u8, last: bool): i32 {
  const delimiters = i8x16.splat(<i8>delimiter)
  const lineFeeds = i8x16.splat(<i8>LINE_FEED)
  const returns = i8x16.splat(<i8>CARRIAGE_RETURN)
  const to = bytes + end
  let p = bytes + start
  let lineNow = startLine
  let rows = 0
  let k: i32 = 0
  next(start, startLine)

  while (rows < capacity && p < to) {
    const rowLine = lineNow
    let cell = 0
    let byte = load<u8>(p)
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
      for (;;) {
        let cellStart = p
        let cellEnd: usize
        let written: u8 = PLAIN
        if (p < to && load<u8>(p) === QUOTE) {
          const opened = lineNow
          cellStart = ++p
          written = QUOTED
          for (;;) {
            for (; p < to; p++) {
              byte = load<u8>(p)
              if (byte === QUOTE) break
              if (byte === LINE_FEED || (byte === CARRIAGE_RETURN && (p + 1 >= to || load<u8>(p + 1) !== LINE_FEED)))
                lineNow++
            }
            if (p >= to) {
              if (!last) return rows
              return fault(OPEN_QUOTE, opened)
            }
            if (p + 1 >= to && !last) return rows
            if (p + 1 >= to || load<u8>(p + 1) !== QUOTE) break
            written = ESCAPED
            p += 2
          }
          cellEnd = p++
        } else {
          for (;;) {
            const sixteen = v128.load(p)
            const found = i8x16.bitmask(
              v128.or(i8x16.eq(sixteen, delimiters), v128.or(i8x16.eq(sixteen, lineFeeds), i8x16.eq(sixteen, returns))),
            )
            if (found !== 0) {
              p += ctz(found)
              break
            }
            p += 16
            if (p >= to) break
          }
          if (p > to) p = to
          cellEnd = p
        }
        if (cell < width) {
          store<i32>(starts + ((<usize>k) << 2), <i32>(cellStart - bytes))
          store<i32>(ends + ((<usize>k) << 2), <i32>(cellEnd - bytes))
          store<u8>(writing + <usize>k, written)
          k++
        }
        cell++
        if (p >= to) {
          if (!last) return rows
          break
        }
        byte = load<u8>(p)
        if (byte === delimiter) p++
        else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) break
        else {
          return fault(AFTER_QUOTE, lineNow)
        }
      }
    }
    if (p < to) {
      if (byte === CARRIAGE_RETURN && p + 1 >= to && !last) return rows
      p += byte === CARRIAGE_RETURN && p + 1 < to && load<u8>(p + 1) === LINE_FEED ? 2 : 1
      lineNow++
    }
    if (cell > 0) {
      if (cell !== width && width > 0) {
        counted(cell)
        return fault(RAGGED, rowLine)
      }
      if (width > 0) store<i32>(lines + ((<usize>rows) << 2), rowLine)
      counted(cell)
      rows++
    }
    if (width > 0 || cell === 0) {
      next(<i32>(p - bytes), lineNow)
    }
  }
  return rows
}
