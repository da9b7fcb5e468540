import type { Locator, Page } from 'playwright-core';
import { shownText } from './shownText';

/** The tooltip that VS Code shows over what the mouse is on. */
export class Hover {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The tooltip that is shown. */
  get box(): Locator {
    return this.#page.locator('.workbench-hover-container .monaco-hover:visible').last();
  }

  /** Moves the mouse over something and returns what its tooltip says, as it is read. */
  async textOver(target: Locator): Promise<string> {
    await this.hide();
    await target.hover();
    await this.box.waitFor();
    return shownText(this.box);
  }

  /** Moves the mouse where no tooltip is. */
  async hide(): Promise<void> {
    await this.#page.mouse.move(640, 1);
    await this.box.waitFor({ state: 'hidden' });
  }
}
