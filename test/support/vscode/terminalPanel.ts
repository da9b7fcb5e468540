import type { Locator } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';
import type { Workbench } from './workbench';

/** The integrated terminal. */
export class TerminalPanel {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  get #active(): Locator {
    return this.#workbench.page.locator('.terminal-wrapper.active');
  }

  /** Opens a new terminal and waits for its prompt. */
  async open(): Promise<void> {
    await this.#workbench.palette('Terminal: Create New Terminal');
    await this.waitText(/[$#] *$/);
  }

  /** What the terminal in front shows, without trailing blanks. */
  async text(): Promise<string> {
    const rows = await this.#active.locator('.xterm-rows > div').allInnerTexts();
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Types a command line and presses Enter. */
  async run(command: string): Promise<void> {
    await this.#active.locator('.xterm-screen').click();
    await this.#workbench.page.keyboard.insertText(command);
    await this.#workbench.page.keyboard.press('Enter');
  }

  /** Waits until the terminal shows something, and returns all that it shows. */
  async waitText(text: string | RegExp): Promise<string> {
    let last = '';
    await until(
      async () => {
        last = await this.text();
        return typeof text === 'string' ? last.includes(text) : text.test(last);
      },
      { deadlineMs: DeadlinesMs.load, what: `the terminal to show ${String(text)}` },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; it shows:\n${last}`, { cause: error });
    });
    return last;
  }
}
