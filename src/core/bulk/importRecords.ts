import type { ProduceRecord } from '../kafkaTypes';
import { Turn } from '../turn';
import { LineSplitter, type TextLine } from './lineSplitter';
import { parseRecordLine } from './parseRecordLine';

/** Room for a record of 100 MiB, the most that a broker takes in one request, as base64. */
const MAX_LINE_BYTES = 144 * 1024 * 1024;

/** Where records of a file go. */
export interface ImportTarget {
  readonly topic: string;
  /** Each into the partition that its line says, where it says one; else chosen from the key as for any new record. */
  readonly keepPartition?: boolean;
  /** Each with the timestamp that its line says, none for null, where it says one; else they are of now. */
  readonly keepTimestamp?: boolean;
}

export interface ImportOptions extends ImportTarget {
  /** Longest line in bytes; 144 MiB where left out. */
  readonly maxLineBytes?: number;
  /** Told the number of a line, from 1 on, just before its record is handed out; throws to end it there. */
  readonly onLine?: (line: number) => void;
}

/**
 * Records to write from chunks of NDJSON (see {@link parseRecordLine}), as fast as they are taken: memory holds one
 * chunk and the line that is not over. Offsets of the lines don't count.
 * @throws KafkaManagerError VALIDATION_ERROR with details.line, after the records of the lines before it
 */
export async function* importRecords(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ImportOptions,
): AsyncGenerator<ProduceRecord, void, undefined> {
  const turn = new Turn();
  const splitter = new LineSplitter(options.maxLineBytes ?? MAX_LINE_BYTES);
  const toRecord = ({ number, text }: TextLine): ProduceRecord => {
    const { partition, timestamp, key, value, headers } = parseRecordLine(text, number);
    options.onLine?.(number);
    return {
      topic: options.topic,
      key,
      value,
      headers,
      ...(options.keepPartition && partition !== undefined && { partition }),
      ...(options.keepTimestamp && timestamp !== undefined && { timestamp }),
    };
  };
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) {
      yield toRecord(line);
      if (turn.isOver) await turn.pass();
    }
  }
  for (const line of splitter.end()) yield toRecord(line);
}
