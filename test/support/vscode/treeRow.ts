import type { Locator, Page } from 'playwright-core';
import { Hover } from './hover';

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
    return (await this.locator.locator('.label-name').first().innerText()).replaceAll('\u00a0', ' ');
  }

  /** The grey text behind the label; empty where there is none. */
  async description(): Promise<string> {
    await this.waitFor();
    const found = this.locator.locator('.label-description');
    return (await found.count()) === 0
      ? ''
      : (await found.first().innerText()).replaceAll('\u00a0', ' ').trim();
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

  /** Opens the context menu and returns the names of its entries; `Escape` closes it. */
  async contextMenu(): Promise<string[]> {
    await this.locator.click({ button: 'right' });
    const items = this.#page.locator('.monaco-menu .action-item:not(.disabled) .action-label[aria-label]');
    await items.first().waitFor();
    return Promise.all(
      (await items.all()).map(async (item) => (await item.getAttribute('aria-label')) ?? ''),
    );
  }

  /** Chooses an entry of the context menu. */
  async chooseFromMenu(name: string): Promise<void> {
    await this.locator.click({ button: 'right' });
    await this.#page.locator('.monaco-menu').getByRole('menuitem', { name, exact: true }).click();
  }
}
