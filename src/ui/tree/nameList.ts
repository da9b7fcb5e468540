/** How many rows a page adds. */
export const pageSize = 200;

/**
 * Names of one list, which of them a filter leaves, and how many of those are shown. Everything is linear in the number
 * of names, and cheap enough for each key that is typed: 10,000 names take about a millisecond.
 */
export class NameList {
  #names: readonly string[] = [];
  /** In small letters, from the first filter on. */
  #lowered: readonly string[] | undefined;
  #filter = '';
  #matches: readonly string[] = [];
  #pages = 1;

  /** @param names in the order in which they are to be shown */
  setNames(names: readonly string[]): void {
    this.#names = names;
    this.#lowered = undefined;
    this.#match();
  }

  get filter(): string {
    return this.#filter;
  }

  /** Narrows the list to names that contain the text in any case: those that begin with it come first. */
  setFilter(filter: string): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.#pages = 1;
    this.#match();
  }

  /** Shows one page more. */
  showMore(): void {
    this.#pages++;
  }

  /** Back to one page and no filter, for another cluster. */
  reset(): void {
    this.#pages = 1;
    this.#filter = '';
    this.setNames([]);
  }

  /** How many names there are, with and without the filter. */
  get counts(): { readonly all: number; readonly matching: number } {
    return { all: this.#names.length, matching: this.#matches.length };
  }

  /** The names to show. */
  get shown(): readonly string[] {
    const limit = this.#pages * pageSize;
    return this.#matches.length <= limit ? this.#matches : this.#matches.slice(0, limit);
  }

  /** How many more match than are shown. */
  get hidden(): number {
    return Math.max(0, this.#matches.length - this.#pages * pageSize);
  }

  #match(): void {
    const wanted = this.#filter.trim().toLowerCase();
    if (wanted === '') {
      this.#matches = this.#names;
      return;
    }
    const first: string[] = [];
    const others: string[] = [];
    this.#lowered ??= this.#names.map((name) => name.toLowerCase());
    for (let index = 0; index < this.#lowered.length; index++) {
      const at = this.#lowered[index]!.indexOf(wanted);
      if (at === 0) first.push(this.#names[index]!);
      else if (at > 0) others.push(this.#names[index]!);
    }
    this.#matches = [...first, ...others];
  }
}
