import { KafkaManagerError } from '../contract/errors';
import { checkMembers } from './jsonMembers';

/** Deepest nesting of objects and arrays that is read: what follows works recursively. */
export const MAX_JSON_DEPTH = 100;

/** JSON that becomes the bytes of a record: its own text without white space, so that no digit of a number is lost. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Reads a JSON body. `key` and `value` of the body itself and of its `messages`, where they are neither strings nor
 * null, become RawJson. A field that comes twice in an object is refused: readers disagree on what it means.
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
  const tree = parse(text);
  checkMembers(text, {
    twice(position) {
      throw new KafkaManagerError(
        'MALFORMED_REQUEST',
        `A field of the body comes twice in one object, at position ${position}.`,
      );
    },
    proto(position) {
      throw new KafkaManagerError(
        'VALIDATION_ERROR',
        `A field of the body is called "__proto__", at position ${position}: there is no such field.`,
      );
    },
    verbatim: (message, name, start, end) => replace(tree, message, name, text.slice(start, end)),
  });
  return tree;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's sentence quotes from the body, which can be a secret; its position is enough to find the place.
    const at = /at position \d+/.exec(cause instanceof Error ? cause.message : '')?.[0];
    throw new KafkaManagerError('MALFORMED_REQUEST', `The body is not JSON${at ? `: error ${at}` : ''}.`);
  }
}

/** A whole string, which stays, or white space between tokens. */
const STRING_OR_SPACE = /("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+/g;

/** Puts the text of a field in the place of what was read from it. */
function replace(tree: unknown, message: number | undefined, name: string, text: string): void {
  const body = tree as Record<string, unknown> & { messages?: Record<string, unknown>[] };
  const owner = message === undefined ? body : body.messages?.[message];
  const value = owner?.[name];
  if (owner === undefined || value === null || typeof value === 'string') return;
  owner[name] = new RawJson(/\s/.test(text) ? text.replace(STRING_OR_SPACE, '$1') : text);
}

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
