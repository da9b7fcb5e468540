import type { Locator, Page } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';
import { plain, shownRows } from './shownText';
import { TreeRow } from './treeRow';

/** A tree view of the side bar, found by its title. */
export class TreeView {
  readonly pane: Locator;
  readonly #page: Page;
  readonly #title: string;

  constructor(page: Page, title: string) {
    this.#page = page;
    this.#title = title;
    const header = page.locator('.pane-header .title').getByText(title, { exact: true });
    this.pane = page.locator('.part.sidebar .pane').filter({ has: header });
  }

  get #header(): Locator {
    return this.pane.locator('.pane-header');
  }

  /** Opens the view where it is folded. */
  async expand(): Promise<void> {
    if ((await this.#header.getAttribute('aria-expanded')) !== 'true') await this.#header.click();
    await this.pane.locator('.pane-body').waitFor();
  }

  /** Folds the view. */
  async collapse(): Promise<void> {
    if ((await this.#header.getAttribute('aria-expanded')) === 'true') await this.#header.click();
  }

  /** The row with exactly this label; only rows that are scrolled to are in the page. */
  row(label: string): TreeRow {
    const name = this.#page.locator('.label-name').getByText(label, { exact: true });
    return new TreeRow(
      this.#page,
      this.pane.locator('.monaco-list-row[role=treeitem]').filter({ has: name }).first(),
    );
  }

  /** The row at a place, from 0, among those that are in the page. */
  rowAt(index: number): TreeRow {
    return new TreeRow(this.#page, this.pane.locator('.monaco-list-row[role=treeitem]').nth(index));
  }

  /** Labels of the rows that are in the page, from the top, two blanks before them for each level below the first. */
  async rows(): Promise<string[]> {
    const rows = await shownRows(this.pane.locator('.monaco-list-row[role=treeitem]'), '.label-name');
    return rows.map(({ level, label }) => '  '.repeat(level - 1) + label);
  }

  /** Waits until the labels of {@link rows} are as wanted, and returns them. */
  async waitRows(wanted: (labels: readonly string[]) => boolean, what: string): Promise<string[]> {
    let last: string[] = [];
    await until(async () => wanted((last = await this.rows())), {
      deadlineMs: DeadlinesMs.load,
      what: `the view ${this.#title} to show ${what}`,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it shows ${JSON.stringify(last)}`, { cause: error });
    });
    return last;
  }

  /** Text of the welcome content, a line for each paragraph and button; waits for it. */
  async welcome(): Promise<string> {
    const content = this.pane.locator('.welcome-view-content');
    await content.waitFor();
    const lines = await content.locator('p, .monaco-button').allInnerTexts();
    return lines.map(plain).join('\n');
  }

  /** Names of the welcome content's buttons. */
  async welcomeButtons(): Promise<string[]> {
    await this.pane.locator('.welcome-view-content').waitFor();
    return (await this.pane.locator('.welcome-view-content .monaco-button').allInnerTexts()).map((name) =>
      name.trim(),
    );
  }

  /** Presses a button of the welcome content. */
  async pressWelcome(button: string): Promise<void> {
    await this.pane
      .locator('.welcome-view-content')
      .getByRole('button', { name: button, exact: true })
      .click();
  }

  /** The message above the rows, where there is one. */
  get message(): Locator {
    return this.pane.locator('.tree-explorer-viewlet-tree-view .message');
  }

  /** Where the view's actions are: a container with a single view has them in its own title. */
  async #titleBar(): Promise<Locator> {
    await this.pane.waitFor();
    const bar = (await this.#header.isVisible())
      ? this.#header
      : this.#page.locator('.part.sidebar > .title');
    await bar.hover();
    return bar;
  }

  /** Presses an action in the view's title, by its name; they show while the mouse is over the view. */
  async titleAction(name: string | RegExp): Promise<void> {
    await (await this.#titleBar()).getByRole('button', { name }).click();
  }

  /** Names of the actions in the view's title. */
  async titleActions(): Promise<string[]> {
    const labels = (await this.#titleBar()).locator('.actions-container .action-label[role=button]');
    await labels.first().waitFor();
    return Promise.all(
      (await labels.all()).map(async (label) => (await label.getAttribute('aria-label')) ?? ''),
    );
  }

  /** Scrolls to the end of what is loaded. */
  async scrollToEnd(): Promise<void> {
    await this.pane.locator('.monaco-list').first().press('End');
  }
}
