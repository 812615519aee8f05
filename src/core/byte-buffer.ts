/** Bytes that are put together piece by piece, in one buffer that grows and is used again. */
export class ByteBuffer {
  length = 0;
  #bytes = new Uint8Array(1024);
  readonly #decoder = new TextDecoder();

  append(source: Uint8Array, from: number, end: number): void {
    const needed = this.length + end - from;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    // A loop beats `set(subarray)` for the short pieces that nearly all are.
    if (end - from < 64) for (let at = from; at < end; at++) this.#bytes[this.length++] = source[at] as number;
    else {
      this.#bytes.set(source.subarray(from, end), this.length);
      this.length = needed;
    }
  }

  /** Forgets what follows the first `length` bytes. */
  truncate(length: number): void {
    this.length = length;
  }

  /** The text from a byte on; bytes that are not UTF-8 become U+FFFD. */
  text(from: number, end = this.length): string {
    return this.#decoder.decode(this.#bytes.subarray(from, end));
  }

  /** True when the bytes from `from` to `end` are these. */
  equals(bytes: Uint8Array, from: number, end: number): boolean {
    if (bytes.length !== end - from) return false;
    for (let at = 0; at < bytes.length; at++) if (this.#bytes[from + at] !== bytes[at]) return false;
    return true;
  }
}
