/** Bytes that are not the protobuf message they were taken for. */
export class NotProtobuf extends Error {}

const text = new TextDecoder('utf-8', { fatal: true })

/**
 * Walks over the fields of one protobuf message without copying: `next()` moves to a field, then one of the readers below
 * gives its value. Fields that nobody asks for cost nothing but their length.
 */
export class MessageReader {
  /** Number of the field under the cursor. */
  field = 0
  private wire = 0
  private position = 0
  private start = 0
  private end = 0
  private number = 0
  private readonly data: Uint8Array

  constructor(data: Uint8Array) {
    this.data = data
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.position === this.data.length) return false
    const tag = this.readVarint()
    this.field = Math.floor(tag / 8)
    this.wire = tag % 8
    if (this.field < 1 || this.field > 0x1fff_ffff) throw new NotProtobuf('a field number is out of range')
    if (this.wire === 0) this.number = this.readVarint()
    else if (this.wire === 1) this.take(8)
    else if (this.wire === 2) this.take(this.readVarint())
    else if (this.wire === 5) this.take(4)
    else throw new NotProtobuf(`a field has the unknown wire type ${this.wire}`)
    return true
  }

  bytes(): Uint8Array {
    if (this.wire !== 2) throw new NotProtobuf(`field ${this.field} holds no bytes`)
    return this.data.subarray(this.start, this.end)
  }

  text(): string {
    try {
      return text.decode(this.bytes())
    } catch (cause) {
      throw new NotProtobuf(`field ${this.field} holds no UTF-8 text`, { cause })
    }
  }

  message(): MessageReader {
    return new MessageReader(this.bytes())
  }

  /** This message as a StringStringEntryProto: key in field 1, value in field 2. */
  entry(): [string, string] {
    let key = ''
    let value = ''
    while (this.next()) {
      if (this.field === 1) key = this.text()
      else if (this.field === 2) value = this.text()
    }
    return [key, value]
  }

  /** A whole number; exact up to 2^53, and below 0 for what was written as a negative int64. */
  integer(): number {
    if (this.wire !== 0) throw new NotProtobuf(`field ${this.field} holds no whole number`)
    return this.number >= 2 ** 63 ? Math.min(-1, this.number - 2 ** 64) : this.number
  }

  private take(length: number): void {
    this.start = this.position
    this.end = this.position + length
    if (this.end > this.data.length) throw new NotProtobuf('the message ends in the middle of a field')
    this.position = this.end
  }

  private readVarint(): number {
    let value = 0
    for (let shift = 1, length = 1; length <= 10; shift *= 128, length++) {
      const byte = this.data[this.position++]
      if (byte === undefined) throw new NotProtobuf('the message ends in the middle of a number')
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
    throw new NotProtobuf('a number is longer than 10 bytes')
  }
}
