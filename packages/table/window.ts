/** The bytes of a file that are still to be cut, as one buffer that moves along. */
export class Window {
  bytes = Buffer.alloc(0)
  /** Bytes from here on are not cut yet. */
  from = 0
  to = 0

  append(piece: Uint8Array): void {
    if (this.to + piece.length > this.bytes.length) {
      const waiting = this.to - this.from
      const room = waiting + piece.length
      const target = room > this.bytes.length / 2 ? Buffer.allocUnsafeSlow(2 * room) : this.bytes
      this.bytes.copy(target, 0, this.from, this.to)
      this.bytes = target
      this.from = 0
      this.to = waiting
    }
    this.bytes.set(piece, this.to)
    this.to += piece.length
  }
}
