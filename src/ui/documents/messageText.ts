import { isUtf8 } from 'node:buffer';
import type { ConsumedRecord } from '../../core/kafkaTypes';
import { plainText } from '../text';
import { layOutJson } from './exactJson';

/** The words for what a value is, in the user's language. Sizes come written. */
export interface MessageWords {
  readonly tombstone: string;
  readonly empty: string;
  readonly json: (size: string) => string;
  readonly text: (size: string) => string;
  readonly binary: (size: string) => string;
  readonly cut: (shown: string) => string;
  readonly noTimestamp: string;
  /** Bytes for people, exact. */
  readonly size: (bytes: number) => string;
}

/** Most characters of a key or header in a header line. */
const MOST_CHARACTERS = 200;
/** Bytes of binary that are shown. */
const MOST_BINARY = 256;
const BYTES_PER_LINE = 16;
/** Headers of a record that are shown. */
const MOST_HEADERS = 50;

/** How the header line of a record begins; nothing else in a text of messages begins a line with it. */
export function messageMark({ partition, offset }: Pick<ConsumedRecord, 'partition' | 'offset'>): string {
  return `#${partition}@${offset} `;
}

/**
 * A record as a block of lines: one that says where it is, when, its key, headers and what its value is, then the value,
 * indented, so that no value can look like the next record. JSON is laid out with its numbers as they are.
 * @param maxValueBytes longer values are cut, and the first line says so
 */
export function formatMessage(record: ConsumedRecord, words: MessageWords, maxValueBytes: number): string {
  const { kind, lines } = describeValue(record.value, words, maxValueBytes);
  const headers = record.headers
    .slice(0, MOST_HEADERS)
    .map(({ key, value }) => `${quoted(key)}: ${short(value)}`);
  if (record.headers.length > MOST_HEADERS) headers.push(`… ${record.headers.length - MOST_HEADERS}`);
  const first = [
    `${messageMark(record)} ${timeOf(record.timestamp, words)}`,
    `key=${short(record.key)}`,
    kind,
    ...(headers.length > 0 ? [`{${headers.join(', ')}}`] : []),
  ].join('  ');
  return [first, ...lines.map((line) => `  ${line}`)].join('\n');
}

function timeOf(timestamp: number, words: MessageWords): string {
  if (timestamp === -1) return words.noTimestamp;
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? `${timestamp} ms` : date.toISOString();
}

/** Bytes of a key or header on a part of a line. */
function short(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const part = bytes.subarray(0, MOST_CHARACTERS);
  const more = part.length < bytes.length ? '…' : '';
  const text = textOf(part, more !== '');
  return text === undefined ? `0x${hex(part)}${more}` : `${quoted(text)}${more}`;
}

/** A text in quotes, in which its own quotes and backslashes are escaped. */
function quoted(text: string): string {
  return `"${plainText(text.replace(/["\\]/g, '\\$&'))}"`;
}

interface Described {
  readonly kind: string;
  readonly lines: readonly string[];
}

function describeValue(value: Uint8Array | null, words: MessageWords, maxBytes: number): Described {
  if (value === null) return { kind: words.tombstone, lines: [] };
  if (value.length === 0) return { kind: words.empty, lines: [] };
  const size = words.size(value.length);
  const isCut = value.length > maxBytes;
  const part = value.subarray(0, maxBytes);
  const text = textOf(part, isCut);
  if (text === undefined) {
    const shown = part.subarray(0, MOST_BINARY);
    const cut = shown.length < value.length ? `, ${words.cut(words.size(shown.length))}` : '';
    return { kind: `${words.binary(size)}${cut}`, lines: hexLines(shown) };
  }
  const json = isCut ? undefined : layOutJson(text);
  if (json !== undefined) return { kind: words.json(size), lines: linesOf(json) };
  const cut = isCut ? `, ${words.cut(words.size(part.length))}` : '';
  return { kind: `${words.text(size)}${cut}`, lines: linesOf(text) };
}

/** The text of bytes that are UTF-8. Where they were cut, the rest of the character at the end is left out. */
function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let less = 0; less <= (isCut ? 3 : 0) && less <= buffer.length; less++) {
    const part = buffer.subarray(0, buffer.length - less);
    if (isUtf8(part)) return part.toString('utf8');
  }
  return undefined;
}

function linesOf(text: string): string[] {
  // A tab is no danger and keeps what is laid out by it in its columns.
  return text.split('\n').map((line) => line.split('\t').map(plainText).join('\t'));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Offset, bytes and, where they are printable, their ASCII, as `xxd` has it. */
function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const row = bytes.subarray(at, at + BYTES_PER_LINE);
    const pairs = hex(row).replace(/(..)(?=.)/g, '$1 ');
    const ascii = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${pairs.padEnd(BYTES_PER_LINE * 3 - 1)}  ${ascii.join('')}`,
    );
  }
  return lines;
}
