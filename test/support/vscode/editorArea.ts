import type { Locator } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';
import type { Workbench } from './workbench';

/** The editors of the window. */
export class EditorArea {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** The text editor that is in front. */
  get active(): Locator {
    return this.#workbench.page
      .locator('.editor-group-container.active .editor-instance .monaco-editor')
      .last();
  }

  /** Titles of the tabs. */
  async tabs(): Promise<string[]> {
    return (await this.#workbench.page.locator('.tabs-container .tab .label-name').allInnerTexts()).map((t) =>
      t.trim(),
    );
  }

  /** Waits for a tab in front whose title has a text. */
  async waitTab(title: string | RegExp): Promise<void> {
    await this.#workbench.page.locator('.tabs-container .tab.active', { hasText: title }).first().waitFor();
  }

  /** The lines of the active editor that are in view; what lies outside of the window is not among them. */
  async visibleText(): Promise<string> {
    const lines = await this.active.locator('.view-lines .view-line').all();
    const read = await Promise.all(
      lines.map(async (line) => ({
        top: Number.parseFloat(/top: ?([\d.]+)px/.exec((await line.getAttribute('style')) ?? '')?.[1] ?? '0'),
        text: (await line.innerText()).replaceAll('\u00a0', ' ').replace(/\n$/, ''),
      })),
    );
    return read
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text)
      .join('\n');
  }

  /** Waits until the visible text has a text or matches, and returns it. */
  async waitText(text: string | RegExp): Promise<string> {
    let last = '';
    await until(
      async () => {
        last = await this.visibleText();
        return typeof text === 'string' ? last.includes(text) : text.test(last);
      },
      { deadlineMs: DeadlinesMs.load, what: `the active editor to show ${String(text)}` },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; it shows "${last}"`, { cause: error });
    });
    return last;
  }

  /** The whole text of the active editor, by way of the clipboard. */
  async text(): Promise<string> {
    await this.focus();
    const { page } = this.#workbench;
    await page.evaluate("navigator.clipboard.writeText('')");
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    return until(() => this.#workbench.clipboard(), {
      deadlineMs: DeadlinesMs.action,
      what: 'the copied text of the active editor',
    });
  }

  /** Puts the cursor into the active editor. */
  async focus(): Promise<void> {
    await this.active.locator('.view-lines').click();
  }

  /** Opens an empty untitled editor. */
  async openUntitled(): Promise<void> {
    await this.#workbench.palette('File: New Untitled Text File');
    await this.waitTab(/^Untitled-/);
  }

  /** Pastes a text at the cursor of the active editor; typed, it would be indented and get closing brackets. */
  async insert(text: string): Promise<void> {
    await this.focus();
    const { page } = this.#workbench;
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await page.keyboard.press('Control+v');
  }

  /** Selects everything in the active editor. */
  async selectAll(): Promise<void> {
    await this.focus();
    await this.#workbench.page.keyboard.press('Control+a');
  }

  /** Opens a file of the folder by its name. */
  async openFile(name: string): Promise<void> {
    const { quickInput } = this.#workbench;
    await quickInput.openPalette(name);
    await quickInput.choose(name);
    await this.waitTab(name);
  }

  /** Closes all editors, without saving. */
  async closeAll(): Promise<void> {
    const tabs = this.#workbench.page.locator('.tabs-container .tab');
    for (let left = await tabs.count(); left > 0; left = await tabs.count()) {
      await this.#workbench.palette('View: Revert and Close Editor');
      await until(async () => (await tabs.count()) < left, {
        deadlineMs: DeadlinesMs.action,
        what: 'an editor to close',
      });
    }
  }
}
