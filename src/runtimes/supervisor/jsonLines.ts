import { StringDecoder } from 'node:string_decoder';
import type { Duplex } from 'node:stream';

/** Longest message in characters. A plan is a few KB; more than this is no client of ours. */
const maxLineLength = 1_000_000;

/** One message as a line of JSON, its line feed included. */
export function toJsonLine(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}

/**
 * Gives every line of `stream` as a JSON value, in order. A line that is no JSON, or is too long, ends the stream
 * with an error: the other side does not speak our language.
 */
export function readJsonLines(stream: Duplex, onValue: (value: unknown) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (stream.destroyed) return;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        stream.destroy(new Error('a message is not JSON', { cause: error }));
        return;
      }
      onValue(value);
    }
    if (rest.length > maxLineLength) stream.destroy(new Error('a message is too long'));
  });
}
