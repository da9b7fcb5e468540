import { isLosslessNumber, parse, parseLosslessNumber } from 'lossless-json';
import { KafkaManagerError } from '../contract/errors';

/** Deepest nesting of objects and arrays that is read: what follows works recursively. */
export const MAX_JSON_DEPTH = 100;

/** Fields whose JSON becomes bytes: their numbers keep every digit. */
const VERBATIM = new Set(['key', 'value']);

/**
 * Reads a JSON body. Numbers below `key` and `value` whose text a double would change stay LosslessNumbers; everywhere
 * else they are plain. A key that comes twice with different values is refused: readers disagree on what it means.
 * @throws KafkaManagerError MALFORMED_REQUEST
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new KafkaManagerError('MALFORMED_REQUEST', 'The body is not UTF-8.', { cause });
  }
  if (nestsDeeper(text, MAX_JSON_DEPTH)) {
    throw new KafkaManagerError('MALFORMED_REQUEST', `The body nests deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  try {
    return parsePlain(text) ?? plainNumbers(parse(text, null, exactNumber));
  } catch (cause) {
    // The parser's sentence quotes from the body, which can be a secret; its position is enough to find the place.
    const at = /at position \d+/.exec(cause instanceof Error ? cause.message : '')?.[0];
    throw new KafkaManagerError('MALFORMED_REQUEST', `The body is not JSON${at ? `: error ${at}` : ''}.`);
  }
}

/**
 * The quick way, several times faster on a large body: where the native parser's result is written as the very text that
 * came, white space aside, no digit was lost and no key came twice. undefined where that is not so, or nothing was read.
 */
function parsePlain(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const written = JSON.stringify(value);
    return written === text || written === text.replace(STRING_OR_SPACE, '$1') ? value : undefined;
  } catch {
    // The other parser knows where the error is.
    return undefined;
  }
}

/** A whole string, which stays, or white space between tokens. */
const STRING_OR_SPACE = /("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+/g;

/** Whether JSON text nests deeper than `max`. Linear; brackets inside of strings don't count. */
export function nestsDeeper(text: string, max: number): boolean {
  if (text.length <= max) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) {
      inString = true;
    } else if (c === 0x5b || c === 0x7b) {
      if (++depth > max) return true;
    } else if (c === 0x5d || c === 0x7d) {
      depth--;
    }
  }
  return false;
}

/** A number where its text comes back from it, else one that keeps its text: `1.0`, `1e3`, 2^53 + 1. */
function exactNumber(text: string): unknown {
  const value = Number(text);
  return String(value) === text ? value : parseLosslessNumber(text);
}

/** Turns LosslessNumbers into numbers, in place, except below the fields that become bytes. */
function plainNumbers(tree: unknown): unknown {
  if (isLosslessNumber(tree)) return Number(tree.value);
  if (typeof tree !== 'object' || tree === null) return tree;
  for (const [name, child] of Object.entries(tree)) {
    // An own `__proto__` is an unknown field and refused later; assigning to it would do something else.
    if (!VERBATIM.has(name) && name !== '__proto__') Reflect.set(tree, name, plainNumbers(child));
  }
  return tree;
}
