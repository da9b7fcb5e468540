import { KafkaManagerError } from '../../contract/errors';
import { TokenReader, TokenWriter } from './tokenBytes';
import type { OffsetRange, ScanPosition } from './query';

/** Of this form of the token; others are refused. */
const VERSION = 2;
const NEWEST = 1;
const REMAINING = 2;

/** Most partitions of a token that are believed before they were read; brokers hold fewer of one topic. */
const mostPartitions = 1_000_000;

/**
 * The position as an opaque token for URLs: base64url of varints and a checksum. Partition numbers cost nothing where
 * they follow one another, offsets count from the smallest one, and oldest first has no ends, as it goes on to the
 * present end: 2,000 partitions whose offsets lie within two million make 8,000 characters.
 */
export function encodePosition(position: ScanPosition): string {
  const { topic, direction, remaining } = position;
  const partitions = [...position.partitions].sort(([a], [b]) => a - b);
  const ranges = partitions.map(([, range]) => range);
  const writer = new TokenWriter();
  writer.number(VERSION);
  writer.number((direction === 'newest' ? NEWEST : 0) | (remaining === undefined ? 0 : REMAINING));
  writer.text(topic);
  if (remaining !== undefined) writer.number(remaining);
  writer.number(partitions.length);
  writeRuns(
    writer,
    partitions.map(([partition]) => partition),
  );
  writeColumn(
    writer,
    ranges.map(({ next }) => next),
  );
  if (hasEnds(position)) {
    writeColumn(
      writer,
      ranges.map(({ next, end }) => end - next),
    );
  }
  return writer.token();
}

/**
 * The position of a token. Oldest first its ranges are empty, as no ends are kept.
 * @throws VALIDATION_ERROR where the token was not made by {@link encodePosition}
 */
export function decodePosition(token: string): ScanPosition {
  try {
    return read(new TokenReader(token));
  } catch (cause) {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      'The position is not one that an earlier answer gave, or it was damaged.',
      {
        details: { field: 'position' },
        remedy: 'Use the position of an earlier answer unchanged, or leave it out to begin anew.',
        cause,
      },
    );
  }
}

/** Whether the ends of the ranges count when it is taken up again; see ScanStart. */
export function hasEnds({ direction, remaining }: Pick<ScanPosition, 'direction' | 'remaining'>): boolean {
  return direction === 'newest' || remaining !== undefined;
}

function read(reader: TokenReader): ScanPosition {
  if (reader.number() !== VERSION) throw new RangeError('another version');
  const flags = reader.number();
  if (flags > (NEWEST | REMAINING)) throw new RangeError('unknown flags');
  const direction = flags & NEWEST ? 'newest' : 'oldest';
  const topic = reader.text();
  const remaining = flags & REMAINING ? reader.number() : undefined;
  const count = reader.number();
  if (topic === '' || remaining === 0 || count === 0 || count > mostPartitions) throw new RangeError('empty');
  const partitions = readRuns(reader, count);
  const nexts = readColumn(reader, count);
  const lengths = hasEnds({ direction, ...(remaining && { remaining }) })
    ? readColumn(reader, count)
    : undefined;
  reader.end();
  const ranges = new Map<number, OffsetRange>();
  for (const [index, partition] of partitions.entries()) {
    const next = nexts[index]!;
    ranges.set(partition, { next, end: safe(next + (lengths?.[index] ?? 0)) });
  }
  return { topic, direction, partitions: ranges, ...(remaining && { remaining }) };
}

/** Ascending numbers as runs of neighbours: how far it is to the first one, and how many come after that. */
function writeRuns(writer: TokenWriter, numbers: readonly number[]): void {
  let after = 0;
  for (let at = 0; at < numbers.length;) {
    const first = numbers[at]!;
    let length = 1;
    while (numbers[at + length] === first + length) length += 1;
    writer.number(first - after);
    writer.number(length - 1);
    after = first + length;
    at += length;
  }
}

function readRuns(reader: TokenReader, count: number): number[] {
  const numbers: number[] = [];
  for (let after = 0; numbers.length < count;) {
    const first = after + reader.number();
    const length = reader.number() + 1;
    after = first + length;
    if (numbers.length + length > count || after > 2 ** 31) throw new RangeError('too many partitions');
    for (let number = first; number < after; number++) numbers.push(number);
  }
  return numbers;
}

/** Numbers as their distance from the smallest one. */
function writeColumn(writer: TokenWriter, numbers: readonly number[]): void {
  const least = numbers.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
  writer.number(least);
  for (const number of numbers) writer.number(number - least);
}

function readColumn(reader: TokenReader, count: number): number[] {
  const least = reader.number();
  return Array.from({ length: count }, () => safe(least + reader.number()));
}

function safe(number: number): number {
  if (!Number.isSafeInteger(number)) throw new RangeError('an offset beyond 2^53');
  return number;
}
