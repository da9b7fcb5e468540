import type { Locator, Page } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';
import { extensionId } from './extensionId';
import { Hover } from './hover';
import { shownText } from './shownText';

/** The extension's items in the status bar. */
export class StatusBar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The item that was created with this id, e.g. `cluster`. */
  item(id: string): Locator {
    return this.#page.locator(`[id="${extensionId}.${id}"]`);
  }

  /** What an item says; icons have no text. */
  async text(id: string): Promise<string> {
    return shownText(this.item(id));
  }

  /** Waits until an item says something. */
  async waitText(id: string, text: string | RegExp, deadlineMs: number = DeadlinesMs.load): Promise<string> {
    let last = '';
    await until(
      async () => {
        last = await this.text(id);
        return typeof text === 'string' ? last.includes(text) : text.test(last);
      },
      { deadlineMs, what: `the status bar to say ${String(text)}` },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; it says "${last}"`, { cause: error });
    });
    return last;
  }

  /** What a screen reader says for an item. */
  async label(id: string): Promise<string> {
    return (await this.item(id).locator('a').first().getAttribute('aria-label')) ?? '';
  }

  /** Text of an item's tooltip. */
  async tooltip(id: string): Promise<string> {
    return new Hover(this.#page).textOver(this.item(id));
  }

  /** Clicks an item. */
  async click(id: string): Promise<void> {
    await this.item(id).locator('a').first().click();
  }
}
