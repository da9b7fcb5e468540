import { LineSplitter, type TextLine } from '../../../core/bulk/lineSplitter';
import { parseRecordLine } from '../../../core/bulk/parseRecordLine';
import { Turn } from '../../../core/turn';
import { type KafkaManagerError, toManagerError } from '../../../contract/errors';
import type { ProduceRecord } from '../../../core/kafkaTypes';
import type { NumberedRecord } from './sendResult';

/** Room for a record of 100 MiB, the most that a broker takes in one request, as base64. */
const MAX_LINE_BYTES = 144 * 1024 * 1024;
/** Lines that can't be read of which the reasons are kept. */
const MOST_REASONS = 100;

/** The bytes of a file, in pieces. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What a file holds. */
export interface FileContent {
  /** Lines with something in them; undefined where it is no text of lines. */
  readonly lines: number | undefined;
  /** Where its first line is a record as `formatRecordLine` writes it: how many are, and what is wrong with the others. */
  readonly records: { readonly good: number; readonly bad: readonly KafkaManagerError[] } | undefined;
}

/** Looks through a file, to say what can be sent of it before anything is. @throws what the chunks throw */
export async function inspectFile(chunks: Chunks, signal?: AbortSignal): Promise<FileContent> {
  let lines = 0;
  let good = 0;
  let isRecords = false;
  const bad: KafkaManagerError[] = [];
  try {
    for await (const line of linesOf(chunks)) {
      signal?.throwIfAborted();
      lines++;
      if (lines > 1 && !isRecords) continue;
      const error = problemOf(line);
      if (!error) good++;
      else if (bad.length < MOST_REASONS) bad.push(error);
      isRecords ||= good === 1;
    }
  } catch (error) {
    const known = toManagerError(error);
    // Its bytes can still be sent as one message.
    if (known.code !== 'VALIDATION_ERROR') throw error;
    return { lines: undefined, records: undefined };
  }
  return { lines, records: isRecords ? { good, bad } : undefined };
}

function problemOf({ text, number }: TextLine): KafkaManagerError | undefined {
  try {
    parseRecordLine(text, number);
    return undefined;
  } catch (error) {
    return toManagerError(error);
  }
}

/** What the lines of a file become. */
export interface FileRecordOptions {
  readonly topic: string;
  /** All go into this partition. */
  readonly partition?: number;
  /** `text`: each line is a value. `records`: each is a record; lines that are none are left out. */
  readonly as: 'text' | 'records';
  /** Records with the partitions and timestamps that their lines say. */
  readonly keepPlace?: boolean;
}

/** The records of a file, as fast as they are taken. */
export async function* fileRecords(
  chunks: Chunks,
  options: FileRecordOptions,
): AsyncGenerator<NumberedRecord, void, undefined> {
  for await (const line of linesOf(chunks)) {
    if (options.as === 'records' && problemOf(line)) continue;
    yield { line: line.number, record: recordOf(line, options) };
  }
}

function recordOf(
  { text, number }: TextLine,
  { topic, partition, as, keepPlace }: FileRecordOptions,
): ProduceRecord {
  const place = partition !== undefined && { partition };
  if (as === 'text') return { topic, key: null, value: Buffer.from(text, 'utf8'), ...place };
  const said = parseRecordLine(text, number);
  return {
    topic,
    key: said.key,
    value: said.value,
    headers: said.headers,
    ...(keepPlace && said.partition !== undefined && { partition: said.partition }),
    ...(keepPlace && said.timestamp !== undefined && { timestamp: said.timestamp }),
    ...place,
  };
}

async function* linesOf(chunks: Chunks): AsyncGenerator<TextLine, void, undefined> {
  const splitter = new LineSplitter(MAX_LINE_BYTES);
  const turn = new Turn();
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) {
      yield line;
      if (turn.isOver) await turn.pass();
    }
  }
  yield* splitter.end();
}
