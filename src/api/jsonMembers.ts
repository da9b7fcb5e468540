/** What is told of a JSON text while it is walked through. Positions are indexes into the text. */
export interface MemberVisitor {
  /** A field that its object has already. */
  twice(position: number): void;
  /** A field called `__proto__`, outside of `key` and `value`: validators drop it without a word. */
  proto(position: number): void;
  /** `key` or `value` of the text's own object (message undefined) or of an entry of its `messages`. */
  verbatim(message: number | undefined, name: string, start: number, end: number): void;
}

/** Where in the text a value stands: the text's own object, its `messages`, one of these, in a verbatim value, or else. */
type Place = 'root' | 'messages' | 'message' | 'verbatim' | 'other';

/**
 * Walks through JSON once, in linear time. JSON.parse neither tells of fields that come twice nor keeps the text of
 * numbers.
 * @param text must be valid JSON and nest no deeper than the stack allows
 */
export function checkMembers(text: string, visitor: MemberVisitor): void {
  new Walk(text, visitor).value(0, 'root', undefined);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Fields up to which a list is searched quicker than a set. */
const FEW = 8;

class Walk {
  readonly #text: string;
  readonly #visitor: MemberVisitor;

  constructor(text: string, visitor: MemberVisitor) {
    this.#text = text;
    this.#visitor = visitor;
  }

  /** Walks through the value at or after `at` and answers the position behind it. */
  value(at: number, place: Place, message: number | undefined): number {
    const start = this.#skipSpace(at);
    const c = this.#text.charCodeAt(start);
    if (c === QUOTE) return this.#string(start);
    if (c === 0x7b) return this.#object(start + 1, place, message);
    if (c === 0x5b) return this.#array(start + 1, place);
    return this.#literal(start);
  }

  #object(at: number, place: Place, message: number | undefined): number {
    const few: string[] = [];
    let many: Set<string> | undefined;
    let i = this.#skipSpace(at);
    while (this.#text.charCodeAt(i) !== 0x7d) {
      const nameAt = i;
      i = this.#string(i);
      const name = this.#name(nameAt, i);
      if (many?.has(name) ?? few.includes(name)) this.#visitor.twice(nameAt);
      if (many) many.add(name);
      else if (few.push(name) > FEW) many = new Set(few);
      const start = this.#skipSpace(this.#skipSpace(i) + 1);
      if (name === '__proto__' && place !== 'verbatim') this.#visitor.proto(nameAt);
      const inner = innerPlace(place, name);
      i = this.value(start, inner, undefined);
      if (inner === 'verbatim' && place !== 'verbatim') this.#visitor.verbatim(message, name, start, i);
      i = this.#next(i);
    }
    return i + 1;
  }

  #array(at: number, place: Place): number {
    const entries: Place = place === 'messages' ? 'message' : place === 'verbatim' ? 'verbatim' : 'other';
    let i = this.#skipSpace(at);
    for (let n = 0; this.#text.charCodeAt(i) !== 0x5d; n++) {
      i = this.#next(this.value(i, entries, n));
    }
    return i + 1;
  }

  /** Past a comma, to the next entry or the bracket that closes. */
  #next(at: number): number {
    const i = this.#skipSpace(at);
    return this.#text.charCodeAt(i) === 0x2c ? this.#skipSpace(i + 1) : i;
  }

  #string(at: number): number {
    for (let i = at + 1; ; i++) {
      const c = this.#text.charCodeAt(i);
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) return i + 1;
    }
  }

  /** A field's name; the same name can be written with and without escapes. */
  #name(start: number, end: number): string {
    const name = this.#text.slice(start + 1, end - 1);
    return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
  }

  /** Numbers, true, false and null end before a comma, a closing bracket, white space or the end. */
  #literal(at: number): number {
    let i = at;
    for (; i < this.#text.length; i++) {
      const c = this.#text.charCodeAt(i);
      if (c <= 0x20 || c === 0x2c || c === 0x5d || c === 0x7d) break;
    }
    return i;
  }

  #skipSpace(at: number): number {
    let i = at;
    while (this.#text.charCodeAt(i) <= 0x20) i++;
    return i;
  }
}

/** Where the value of a field stands. */
function innerPlace(place: Place, name: string): Place {
  if (place === 'verbatim') return 'verbatim';
  if ((place === 'root' || place === 'message') && (name === 'key' || name === 'value')) return 'verbatim';
  return place === 'root' && name === 'messages' ? 'messages' : 'other';
}
