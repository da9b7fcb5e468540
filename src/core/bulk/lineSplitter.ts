import { isUtf8 } from 'node:buffer';
import { lineError } from './lineError';

/** A line of text, counted from 1 on, without its end. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Cuts chunks of bytes into lines of UTF-8. Lines end with LF or CR LF, the last one with nothing if it likes; a byte
 * order mark before the first and empty lines are passed over.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #number = 0;
  /** What has come of a line that is not over. */
  #pieces: Uint8Array[] = [];
  #pending = 0;

  /** @param maxBytes longest line */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * The lines that end in this chunk.
   * @throws KafkaManagerError VALIDATION_ERROR where a line is too long (as soon as it is) or not UTF-8
   */
  *push(chunk: Uint8Array): Generator<TextLine, void, undefined> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      const piece = chunk.subarray(start, end < 0 ? chunk.length : end);
      this.#pending += piece.length;
      if (this.#pending > this.#maxBytes) {
        throw lineError(this.#number + 1, `is longer than ${this.#maxBytes} bytes`);
      }
      // What is kept until the next chunk is a copy: who gives the chunks may use their memory again.
      if (piece.length > 0) this.#pieces.push(end < 0 ? new Uint8Array(piece) : piece);
      if (end < 0) return;
      yield* this.#take();
      start = end + 1;
    }
  }

  /** The last line, where nothing ends it. @throws KafkaManagerError VALIDATION_ERROR */
  *end(): Generator<TextLine, void, undefined> {
    if (this.#pending > 0) yield* this.#take();
  }

  *#take(): Generator<TextLine, void, undefined> {
    const [first] = this.#pieces;
    const bytes =
      this.#pieces.length === 1 && first
        ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
        : Buffer.concat(this.#pieces, this.#pending);
    this.#pieces = [];
    this.#pending = 0;
    this.#number += 1;
    const marked = this.#number === 1 && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte);
    const from = marked ? BYTE_ORDER_MARK.length : 0;
    const to = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    if (to <= from) return;
    const line = bytes.subarray(from, to);
    if (!isUtf8(line)) throw lineError(this.#number, 'is not UTF-8');
    yield { number: this.#number, text: line.toString('utf8') };
  }
}
