import type { Locator, Page } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';
import { Hover } from './hover';
import { shownText } from './shownText';

/** A row of a tree view. */
export class TreeRow {
  readonly locator: Locator;
  readonly #page: Page;

  constructor(page: Page, locator: Locator) {
    this.#page = page;
    this.locator = locator;
  }

  /** Waits until the row is there. */
  async waitFor(): Promise<void> {
    await this.locator.waitFor();
  }

  /** Waits until the row is not there. */
  async waitGone(): Promise<void> {
    await this.locator.waitFor({ state: 'hidden' });
  }

  async label(): Promise<string> {
    return shownText(this.locator.locator('.label-name').first());
  }

  /** The grey text behind the label; empty where there is none. */
  async description(): Promise<string> {
    await this.waitFor();
    const found = this.locator.locator('.label-description');
    return (await found.count()) === 0 ? '' : shownText(found.first());
  }

  /** Waits until label and description together have a text. */
  async waitText(text: string | RegExp): Promise<void> {
    await this.locator.filter({ hasText: text }).waitFor();
  }

  /** What a screen reader says for the row. */
  async screenReaderLabel(): Promise<string> {
    return (await this.locator.getAttribute('aria-label')) ?? '';
  }

  /** Text of the tooltip. */
  async tooltip(): Promise<string> {
    return new Hover(this.#page).textOver(this.locator.locator('.label-name').first());
  }

  /** Shows what is below the row; fine where it is shown already. */
  async expand(): Promise<void> {
    await this.#toggle('true');
  }

  async collapse(): Promise<void> {
    await this.#toggle('false');
  }

  async #toggle(wanted: 'true' | 'false'): Promise<void> {
    if ((await this.locator.getAttribute('aria-expanded')) === wanted) return;
    await this.locator.locator('.monaco-tl-twistie').click();
    await this.locator.and(this.#page.locator(`[aria-expanded="${wanted}"]`)).waitFor();
  }

  /** Clicks the row, which runs its command. */
  async click(): Promise<void> {
    await this.locator.locator('.label-name').first().click();
  }

  /** Presses an inline action, by its name. */
  async action(name: string | RegExp): Promise<void> {
    await this.locator.hover();
    await this.locator.getByRole('button', { name }).click();
  }

  /** Names of the inline actions. */
  async actions(): Promise<string[]> {
    await this.locator.hover();
    const labels = await this.locator.locator('.actions .action-label').all();
    return Promise.all(labels.map(async (label) => (await label.getAttribute('aria-label')) ?? ''));
  }

  /** Opens the context menu and returns the names of its entries that can be chosen. */
  async contextMenu(): Promise<string[]> {
    await this.locator.click({ button: 'right' });
    const items = this.#page.locator('.monaco-menu').getByRole('menuitem', { disabled: false });
    await items.first().waitFor();
    return (await items.locator('.action-label').allInnerTexts()).map((name) => name.trim());
  }

  /** Closes the context menu. */
  async closeMenu(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#page.locator('.monaco-menu').waitFor({ state: 'hidden' });
  }

  /** Chooses an entry of the context menu. A click right after the menu opened can be lost: clicks again. */
  async chooseFromMenu(name: string): Promise<void> {
    await this.locator.click({ button: 'right' });
    const menu = this.#page.locator('.monaco-menu');
    const item = menu.getByRole('menuitem', { name, exact: true });
    await item.waitFor();
    await until(
      async () => {
        await item.click({ timeout: 1000 });
        await menu.waitFor({ state: 'hidden', timeout: 1000 });
        return true;
      },
      { deadlineMs: DeadlinesMs.action, what: `the menu to close after "${name}"` },
    ).catch(async (error: unknown) => {
      if (await menu.isVisible()) throw error; // else the click was late, but seen
    });
  }
}
