import type { Locator, Page } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';

/** Toasts of the window. */
export class Notifications {
  readonly toasts: Locator;

  constructor(page: Page) {
    this.toasts = page.locator('.notification-toast');
  }

  /** The toast whose message has a text or matches. */
  toast(message: string | RegExp): Locator {
    return this.toasts.filter({ hasText: message });
  }

  /** Messages of the toasts that are shown now. */
  async messages(): Promise<string[]> {
    return (await this.toasts.locator('.notification-list-item-message').allInnerTexts()).map((text) =>
      text.trim(),
    );
  }

  /** Waits for a toast and returns its whole message. */
  async waitFor(message: string | RegExp): Promise<string> {
    const toast = this.toast(message).first();
    await until(() => toast.isVisible(), {
      deadlineMs: DeadlinesMs.load,
      what: `a toast with ${String(message)}`,
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}; shown: ${JSON.stringify(await this.messages())}`, { cause: error });
    });
    return (await toast.locator('.notification-list-item-message').innerText()).trim();
  }

  /** Names of a toast's buttons. */
  async buttons(message: string | RegExp): Promise<string[]> {
    const found = this.toast(message)
      .first()
      .locator('.notification-list-item-buttons-container .monaco-button');
    return (await found.allInnerTexts()).map((name) => name.trim());
  }

  /** Presses a toast's button. */
  async press(message: string | RegExp, button: string): Promise<void> {
    await this.toast(message).first().getByRole('button', { name: button, exact: true }).click();
  }

  /** Closes a toast by its cross. */
  async close(message: string | RegExp): Promise<void> {
    const toast = this.toast(message).first();
    await toast.hover();
    await toast.getByRole('button', { name: /^Clear Notification/ }).click();
    await toast.waitFor({ state: 'hidden' });
  }
}
