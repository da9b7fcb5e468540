/** What is below a row, and what of it can be seen, as one text. */
export interface RowsBelow<Row> {
  readonly rows: readonly Row[];
  readonly look: string;
}

/** Rows below which is asked at the same time: each question is a few calls to brokers. */
const AT_A_TIME = 6;

/**
 * The rows that somebody has opened. A refresh asks for what is below each of them anew and tells which have changed:
 * only those are drawn again, so that tooltips and menus over the others stay.
 */
export class OpenedRows<Node, Row> {
  readonly #load: (node: Node) => Promise<RowsBelow<Row>>;
  readonly #looks = new Map<Node, string>();
  /** Asked for by the last refresh, and not drawn yet. */
  readonly #fresh = new Map<Node, readonly Row[]>();

  /** @param load keeps its failures to itself: they are rows too */
  constructor(load: (node: Node) => Promise<RowsBelow<Row>>) {
    this.#load = load;
  }

  /** What is below a row that is drawn opened. */
  async open(node: Node): Promise<readonly Row[]> {
    const fresh = this.#fresh.get(node);
    if (fresh) {
      this.#fresh.delete(node);
      return fresh;
    }
    const { rows, look } = await this.#load(node);
    this.#looks.set(node, look);
    return rows;
  }

  close(node: Node): void {
    this.#looks.delete(node);
    this.#fresh.delete(node);
  }

  /** Closes all but those that are still there. */
  keep(isThere: (node: Node) => boolean): void {
    for (const node of [...this.#looks.keys()]) if (!isThere(node)) this.close(node);
  }

  /** Asks for what is below each of them; answers those that look different now. */
  async refresh(): Promise<readonly Node[]> {
    const changed: Node[] = [];
    const waiting = [...this.#looks];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [node, before] = next;
        if (!this.#looks.has(node)) continue;
        const { rows, look } = await this.#load(node);
        if (look === before || !this.#looks.has(node)) continue;
        this.#looks.set(node, look);
        this.#fresh.set(node, rows);
        changed.push(node);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return changed;
  }
}
