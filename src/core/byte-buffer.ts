/** Bytes that are put together piece by piece, in one buffer that grows and is used again. */
export class ByteBuffer {
  length = 0;
  #bytes: Buffer;

  constructor(size = 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** What has been put together is the first `length` bytes. The buffer changes when it has to grow. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  append(source: Uint8Array, from: number, end: number): void {
    const needed = this.length + end - from;
    if (needed > this.#bytes.length) this.#grow(needed);
    const bytes = this.#bytes;
    // A loop beats `set(subarray)` for the short pieces that nearly all are.
    if (end - from < 64) for (let at = from, to = this.length; at < end; at++, to++) bytes[to] = source[at] as number;
    else bytes.set(source.subarray(from, end), this.length);
    this.length = needed;
  }

  appendByte(byte: number): void {
    if (this.length === this.#bytes.length) this.#grow(this.length + 1);
    this.#bytes[this.length++] = byte;
  }

  clear(): void {
    this.length = 0;
  }

  /** The text of some of the bytes; what is not UTF-8 becomes U+FFFD. */
  text(from: number, end: number): string {
    return this.#bytes.toString('utf8', from, end);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}
