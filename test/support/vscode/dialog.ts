import type { Locator, Page } from 'playwright-core';

/** A modal dialog of the window. */
export class Dialog {
  readonly box: Locator;

  constructor(page: Page) {
    this.box = page.locator('.monaco-dialog-box');
  }

  /** Waits for a dialog and returns its message and detail, on a line each. */
  async text(): Promise<string> {
    await this.box.waitFor();
    return (await this.box.locator('.dialog-message-text, .dialog-message-detail').allInnerTexts())
      .join('\n')
      .trim();
  }

  /** Names of its buttons, as they stand. */
  async buttons(): Promise<string[]> {
    await this.box.waitFor();
    return (await this.box.locator('.dialog-buttons .monaco-button').allInnerTexts()).map((name) =>
      name.trim(),
    );
  }

  /** Presses a button by its name and waits until the dialog is gone. */
  async press(name: string): Promise<void> {
    await this.box.getByRole('button', { name, exact: true }).click();
    await this.box.waitFor({ state: 'hidden' });
  }
}
