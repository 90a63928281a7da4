// Bytes that mean something, and codes that are those of ../writing.ts and of ../cell.ts.

export const LINE_FEED: u8 = 10
export const CARRIAGE_RETURN: u8 = 13
export const QUOTE: u8 = 34
export const MINUS: u8 = 45
export const POINT: u8 = 46
export const ZERO: u8 = 48

// How a cell was written.
export const PLAIN: u8 = 0
export const QUOTED: u8 = 1
export const ESCAPED: u8 = 2
export const ESCAPED_STRING: u8 = 4

// What a cell could be.
export const INTEGER: i32 = 1
export const DECIMAL: i32 = 8
export const LOWER_BOOLEAN: i32 = 16
export const TITLE_BOOLEAN: i32 = 32
export const UPPER_BOOLEAN: i32 = 64
export const TIMESTAMP: i32 = 128
