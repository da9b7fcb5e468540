import type { Locator, Page } from 'playwright-core';
import { plain, shownRows } from './shownText';

/** The quick pick or input box at the top of the window. */
export class QuickInput {
  readonly widget: Locator;
  readonly input: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.widget = page.locator('.quick-input-widget');
    this.input = this.widget.locator('.quick-input-filter input').first();
  }

  /** The rows of a pick; only those that are scrolled to are in the page. */
  get rows(): Locator {
    return this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /** The row with exactly this label. */
  row(label: string): Locator {
    return this.rows
      .filter({ has: this.#page.locator('.label-name').getByText(label, { exact: true }) })
      .first();
  }

  /** Labels of the rows that are in the page, from the top; waits for the first. */
  async labels(): Promise<string[]> {
    await this.rows.first().waitFor();
    const rows = await shownRows(this.rows, '.quick-input-list-row:first-child .label-name');
    return rows.map(({ label }) => label);
  }

  /** What a row says: label, description and detail, with a blank between them. */
  async rowText(label: string): Promise<string> {
    const parts = await this.row(label).locator('.label-name, .label-description').allInnerTexts();
    return parts.map(plain).join(' ');
  }

  /** Waits for a pick or box with this title (without its step count) or placeholder. */
  async waitFor(title: string | RegExp): Promise<void> {
    const titled = this.widget.locator('.quick-input-title').getByText(title);
    await titled.or(this.widget.getByPlaceholder(title)).first().waitFor();
  }

  /** The title with its step count, e.g. `Add Cluster (1/4)`. */
  async title(): Promise<string> {
    await this.widget.waitFor();
    return (await this.widget.locator('.quick-input-title').innerText()).trim();
  }

  /** The line below the input: the prompt, or what is wrong with what is typed. */
  async message(): Promise<string> {
    return (await this.widget.locator('.quick-input-message').innerText()).trim();
  }

  /** Waits until the line below the input has a text. */
  async waitMessage(text: string | RegExp): Promise<void> {
    await this.widget.locator('.quick-input-message', { hasText: text }).waitFor();
  }

  /** Whether what is typed is refused. */
  async isRefused(): Promise<boolean> {
    return (await this.widget.locator('.quick-input-box .monaco-inputbox.error').count()) > 0;
  }

  /** Replaces what is typed. */
  async type(text: string): Promise<void> {
    await this.input.fill(text);
  }

  /** Replaces what is typed and presses Enter. */
  async answer(text: string): Promise<void> {
    await this.type(text);
    await this.accept();
  }

  /** Presses Enter in the input. */
  async accept(): Promise<void> {
    await this.input.press('Enter');
  }

  /** Clicks the row with exactly this label (in a pick of several: ticks it). */
  async choose(label: string): Promise<void> {
    await this.row(label).click();
  }

  /** Presses a button in the pick's title, by its name. */
  async pressButton(name: string): Promise<void> {
    await this.widget.locator('.quick-input-titlebar').getByRole('button', { name }).click();
  }

  /** Closes it with Escape. */
  async cancel(): Promise<void> {
    await this.input.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** Waits until nothing is asked any more. */
  async waitClosed(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** Opens the palette with a text in it. F1 right after a load can be lost, and a late focus closes it: asks again. */
  async openPalette(text: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#page.keyboard.press('F1');
        await this.widget.waitFor({ timeout: 3000 });
        await this.input.fill(text, { timeout: 3000 });
        return;
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
  }
}
