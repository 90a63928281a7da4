export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

export function isAscending(value: unknown, strictly: boolean): value is number[] {
  if (!Array.isArray(value) || !value.every(isNumber)) return false
  return value.every((x, i) => i === 0 || (strictly ? value[i - 1]! < x : value[i - 1]! <= x))
}

/** Whether a value is a list of counts with this sum. */
export function areCounts(value: unknown, sum: number): value is number[] {
  return Array.isArray(value) && value.every(isCount) && value.reduce((total, count) => total + count, 0) === sum
}
