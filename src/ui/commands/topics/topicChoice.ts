/** Rows that a pick gets at a time: it measures and sorts all that it has with each key. */
export const rowsAtATime = 100;

/**
 * Which topics a pick has got, out of any number. Rows are only ever added, so that a row keeps its place: VS Code names
 * rows by their index, and what is pressed while new ones are on their way must not be taken for another one.
 */
export class TopicChoice {
  readonly #names: readonly string[];
  readonly #lowered: readonly string[];
  readonly #shown = new Set<string>();
  #matching: number;

  /** @param names sorted */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#lowered = names.map((name) => name.toLowerCase());
    this.#matching = names.length;
    this.type('');
  }

  /** Names that the pick has, in the order of its rows. */
  get shown(): readonly string[] {
    return [...this.#shown];
  }

  /** How many topics match what is typed. */
  get matching(): number {
    return this.#matching;
  }

  /** Takes in up to 100 topics that contain the text in any case, those that begin with it first; whether any is new. */
  type(text: string): boolean {
    const wanted = text.toLowerCase();
    const first: string[] = [];
    const others: string[] = [];
    this.#matching = 0;
    for (const [at, name] of this.#lowered.entries()) {
      const found = name.indexOf(wanted);
      if (found < 0) continue;
      this.#matching++;
      const into = found === 0 ? first : others;
      if (into.length < rowsAtATime) into.push(this.#names[at]!);
    }
    const before = this.#shown.size;
    for (const name of [...first, ...others].slice(0, rowsAtATime)) this.#shown.add(name);
    return this.#shown.size > before;
  }
}
