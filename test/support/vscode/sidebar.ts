import type { Locator, Page } from 'playwright-core';
import { TreeView } from './treeView';

/** The side bar with the views of one container. */
export class Sidebar {
  readonly part: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.part = page.locator('.part.sidebar');
  }

  /** The entry of a view container in the activity bar. */
  entry(container: string): Locator {
    return this.#page.locator('.part.activitybar').getByRole('tab', { name: new RegExp(`^${container}\\b`) });
  }

  /** Shows a view container by its title in the activity bar. */
  async open(container = 'Kafka'): Promise<void> {
    const entry = this.entry(container);
    if ((await entry.getAttribute('aria-selected')) !== 'true') await entry.locator('a').first().click();
    await this.part.locator('.composite.title').getByText(container, { exact: false }).first().waitFor();
  }

  /** Hides the side bar, whatever it shows. */
  async hide(): Promise<void> {
    if (await this.part.isVisible()) await this.#page.keyboard.press('Control+b');
    await this.part.waitFor({ state: 'hidden' });
  }

  /** A view of the open container by its title. */
  view(title: string): TreeView {
    return new TreeView(this.#page, title);
  }

  /** Titles of the views, from the top. */
  async views(): Promise<string[]> {
    const titles = await this.part.locator('.pane-header .title').allInnerTexts();
    return titles.map((title) => title.trim());
  }
}
