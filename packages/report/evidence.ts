import type { Json, JsonObject } from '@mlops-actions/verdict'

/** The finite number under a key, else undefined. */
export function numberAt(of: JsonObject | undefined, key: string): number | undefined {
  const value = of?.[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The text under a key (a number or boolean as text), else undefined; empty text is undefined. */
export function textAt(of: JsonObject | undefined, key: string): string | undefined {
  const value = of?.[key]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The object under a key, else undefined. */
export function objectAt(of: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = of?.[key]
  return isObject(value) ? value : undefined
}

/** The list under a key; empty where there is none. */
export function listAt(of: JsonObject | undefined, key: string): Json[] {
  const value = of?.[key]
  return Array.isArray(value) ? value : []
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value of any kind as short text. */
export function jsonText(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
