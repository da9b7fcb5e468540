import type { ConsumedRecord } from '../kafkaTypes';
import { Turn } from '../turn';
import { formatRecordLine } from './formatRecordLine';

/** Characters after which the lines so far are handed on. */
const CHUNK_CHARS = 64 * 1024;

/**
 * Pages of records as NDJSON (see {@link formatRecordLine}), in chunks of whole lines of about 64 KB. Nothing is read
 * ahead of who takes the chunks, and no stretch of the work is longer than a few ms, single records of many MB aside.
 * Returns what the pages return; who breaks off ends the pages too.
 * @throws what the pages throw, after the lines of what came before; MESSAGE_TOO_LARGE for a record without a line
 */
export async function* exportRecords<S>(
  pages: AsyncGenerator<readonly ConsumedRecord[], S, undefined>,
): AsyncGenerator<Uint8Array, S, undefined> {
  const turn = new Turn();
  const lines = new Lines();
  const ended: S[] = [];
  const all = (async function* () {
    ended.push(yield* pages);
  })();
  try {
    for await (const page of all) {
      for (const record of page) {
        lines.add(formatRecordLine(record));
        if (lines.chars >= CHUNK_CHARS) yield lines.take();
        if (turn.isOver) await turn.pass();
      }
    }
  } catch (error) {
    if (lines.chars > 0) yield lines.take();
    throw error;
  }
  if (lines.chars > 0) yield lines.take();
  return ended[0] as S;
}

/** Lines that wait for their chunk. */
class Lines {
  #lines: string[] = [];
  chars = 0;

  add(line: string): void {
    this.#lines.push(line, '\n');
    this.chars += line.length + 1;
  }

  take(): Uint8Array {
    const chunk = Buffer.from(this.#lines.join(''), 'utf8');
    this.#lines = [];
    this.chars = 0;
    return chunk;
  }
}
