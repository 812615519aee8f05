import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { LineSource, SourceLine } from '../core/transcript/lines.ts';

/** A JSON Lines file that is open for reading. */
export interface JsonLinesFile extends LineSource, AsyncDisposable {
  close(): Promise<void>;
}

export interface JsonLinesOptions {
  /** Fail with ELOOP when the path itself is a symbolic link. */
  readonly refuseLink?: boolean;
  /** Bytes read at a time. */
  readonly chunkBytes?: number;
  /** Reading stops and throws its reason when it is aborted. */
  readonly interrupted?: AbortSignal;
}

/**
 * Opens a JSON Lines file: lines end in `\n` or `\r\n`, each is trimmed, the last may lack its end. Invalid UTF-8 becomes
 * U+FFFD, as everywhere in OpenClaw. The size at opening is where reading ends, so that a transcript that is being
 * written meanwhile is read as it was.
 *
 * @throws the error of the file system; for what is no regular file, an EISDIR or an Error that says so
 */
export async function openJsonLines(path: string, options: JsonLinesOptions = {}): Promise<JsonLinesFile> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer that never comes.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (options.refuseLink === true ? constants.O_NOFOLLOW : 0);
  const handle = await open(path, flags);
  try {
    const stat = await handle.stat();
    // Reading a folder gives the EISDIR that the reference prints.
    if (stat.isDirectory()) await handle.read(Buffer.alloc(1), 0, 1, 0);
    if (!stat.isFile()) throw new Error(`not a regular file: ${path}`);
    return createReader(handle, stat.size, options);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function createReader(
  handle: FileHandle,
  bytes: number,
  { chunkBytes = 256 * 1024, interrupted }: JsonLinesOptions,
): JsonLinesFile {
  const spans = createSpans();
  let window: Window | undefined;

  /** Fills a buffer from a place on; what was read. Buffers are used again: their pages cost more than reading. */
  async function readInto(buffer: Buffer, start: number): Promise<Buffer> {
    interrupted?.throwIfAborted();
    const length = Math.min(buffer.length, bytes - start);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async function windowAround(start: number, end: number): Promise<Window> {
    if (window !== undefined && start >= window.start && end <= window.end) return window;
    const length = Math.max(end - start, chunkBytes);
    let buffer = window?.buffer;
    if (buffer === undefined || buffer.length < length) buffer = Buffer.allocUnsafeSlow(length);
    // Whoever asks meanwhile, or after a read that failed, takes another buffer.
    window = undefined;
    // No more than is asked for: after one huge line the buffer is huge.
    const read = await readInto(buffer.subarray(0, length), start);
    window = { start, end: start + read.length, buffer };
    return window;
  }

  async function* lines(): AsyncGenerator<SourceLine> {
    let number = 0;
    let lineStart = 0;
    /** The beginning of a line that goes on in the next chunk, piece by piece: joining at each chunk would be quadratic. */
    let pieces: Buffer[] = [];
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    const take = (chunk: Buffer, from: number, end: number, lineEnd: number): SourceLine | undefined => {
      const line =
        pieces.length === 0
          ? chunk.toString('utf8', from, end)
          : Buffer.concat([...pieces, chunk.subarray(from, end)]).toString('utf8');
      pieces = [];
      number++;
      spans.set(number, lineStart, lineEnd);
      const text = line.trim();
      return text === '' ? undefined : { number, text };
    };
    for (let at = 0; at < bytes;) {
      const chunk = await readInto(buffer, at);
      // The file became shorter while we read: what is there is all there is.
      if (chunk.length === 0) break;
      let from = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
        const line = take(chunk, from, end, at + end);
        from = end + 1;
        lineStart = at + from;
        if (line !== undefined) yield line;
      }
      if (from < chunk.length) pieces.push(Buffer.from(chunk.subarray(from)));
      at += chunk.length;
    }
    if (pieces.length > 0) {
      const rest = take(buffer, 0, 0, bytes);
      if (rest !== undefined) yield rest;
    }
  }

  return {
    bytes,
    lines,
    async line(number) {
      const [start, end] = spans.get(number);
      const around = await windowAround(start, end);
      if (end > around.end) throw new Error(`line ${number} is gone: the file became shorter while it was read`);
      return around.buffer.toString('utf8', start - around.start, end - around.start).trim();
    },
    close: () => handle.close(),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** What was read last, from one place of the file to another. */
interface Window {
  readonly start: number;
  readonly end: number;
  readonly buffer: Buffer;
}

/** Where each line lies, in bytes: 16 bytes a line. */
function createSpans(): {
  set(number: number, start: number, end: number): void;
  get(number: number): readonly [start: number, end: number];
} {
  let places = new Float64Array(1024);
  return {
    set(number, start, end) {
      if (number * 2 >= places.length) {
        const larger = new Float64Array(places.length * 2);
        larger.set(places);
        places = larger;
      }
      places[number * 2 - 2] = start;
      places[number * 2 - 1] = end;
    },
    get(number) {
      const start = places[number * 2 - 2];
      const end = places[number * 2 - 1];
      if (start === undefined || end === undefined) throw new RangeError(`no line ${number}`);
      return [start, end];
    },
  };
}
