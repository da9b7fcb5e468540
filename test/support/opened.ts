/** What a suite opened, to be closed again in reverse order, also where opening stopped halfway. */
export class Opened {
  readonly #items: { dispose(): unknown }[] = [];

  add<T extends { dispose(): unknown }>(item: T): T {
    this.#items.push(item);
    return item;
  }

  async dispose(): Promise<void> {
    for (const item of this.#items.splice(0).reverse()) await item.dispose();
  }
}
