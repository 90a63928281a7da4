import { randomBytes } from 'node:crypto'

/** A new run id: a UUIDv7 (RFC 9562) as 32 hex digits, so that ids sort by time and suit MLflow. */
export function newRunId(now: number = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex')
}

export const runIdPattern = /^[0-9a-f]{32}$/
