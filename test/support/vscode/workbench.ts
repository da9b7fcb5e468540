import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';
import { Dialog } from './dialog';
import { EditorArea } from './editorArea';
import { extensionId } from './extensionId';
import { Notifications } from './notifications';
import { QuickInput } from './quickInput';
import { testResults } from './testResults';
import type { VscodeServer } from './server';
import { Sidebar } from './sidebar';
import { StatusBar } from './statusBar';
import { TerminalPanel } from './terminalPanel';
import { Themes } from './themes';

/** How a window is opened. */
export interface WindowOptions {
  /** Absolute path of the folder that it shows; an empty window without it. */
  readonly folder?: string;
  /** False where the extension is not expected to become active. */
  readonly activated?: boolean;
}

/** A window of VS Code, and what is in it. */
export class Workbench {
  readonly page: Page;
  readonly server: VscodeServer;
  readonly dialog: Dialog;
  readonly editors: EditorArea;
  readonly notifications: Notifications;
  readonly quickInput: QuickInput;
  readonly sidebar: Sidebar;
  readonly statusBar: StatusBar;
  readonly terminal: TerminalPanel;
  readonly themes: Themes;

  constructor(page: Page, server: VscodeServer) {
    this.page = page;
    this.server = server;
    this.dialog = new Dialog(page);
    this.notifications = new Notifications(page);
    this.quickInput = new QuickInput(page);
    this.sidebar = new Sidebar(page);
    this.statusBar = new StatusBar(page);
    this.editors = new EditorArea(this);
    this.terminal = new TerminalPanel(this);
    this.themes = new Themes(this);
  }

  /** Runs a command by its title in the palette, with its category: `Kafka: Start Kafka`. */
  async palette(title: string): Promise<void> {
    await this.quickInput.openPalette(`>${title}`);
    await this.quickInput.choose(title);
  }

  /** Titles of the commands that the palette offers for what is typed, best first: to see that one is not offered. */
  async paletteOffers(typed: string): Promise<string[]> {
    await this.quickInput.openPalette(`>${typed}`);
    const labels = await this.quickInput.labels();
    await this.quickInput.cancel();
    return labels;
  }

  /** Loads the window anew, as `Developer: Reload Window` does, and waits for the extension to be active again. */
  async reload(): Promise<void> {
    const before = this.#activations();
    await this.page.reload({ waitUntil: 'commit' });
    await this.#opened();
    await this.waitActivated(before + 1);
  }

  /** Closes the window as its user does, so that its extension host ends without waiting for it to come back. */
  async close(): Promise<void> {
    const gone = this.page.waitForEvent('close');
    await this.page.close({ runBeforeUnload: true });
    await gone;
  }

  /** Another window on the same server, as a second one of the same user. */
  async openWindow(options: WindowOptions = {}): Promise<Workbench> {
    return openWorkbench(this.page.context(), this.server, options);
  }

  /** What the window's clipboard holds. */
  async clipboard(): Promise<string> {
    await this.page.bringToFront();
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** Saves a picture as test-results/screenshots/NAME-THEME.png, of the window or of what a selector finds. */
  async screenshot(name: string, selector?: string): Promise<string> {
    const path = join(testResults(), 'screenshots', `${name}-${await this.themes.current()}.png`);
    if (selector === undefined) await this.page.screenshot({ path });
    else await this.page.locator(selector).first().screenshot({ path });
    return path;
  }

  /** Text of the extension's own output channel, of all its starts on this server. */
  extensionLog(): string {
    return [...this.server.logs(`${extensionId}/`).values()].join('');
  }

  /** Waits until the extension has been activated so often on this server: once for each window and reload. */
  async waitActivated(times = 1): Promise<void> {
    await until(() => this.#activations() >= times, {
      deadlineMs: DeadlinesMs.load,
      what: `${extensionId} to be activated (${times})`,
    });
  }

  #activations(): number {
    return this.server.logs(`${extensionId}/`).size;
  }

  /** Opens the window's page. Used by {@link openWorkbench}. */
  async open(options: WindowOptions): Promise<void> {
    const before = this.#activations();
    await this.page.goto(this.server.url(options.folder), { waitUntil: 'commit' });
    await this.#opened();
    if (options.activated !== false) await this.waitActivated(before + 1);
  }

  async #opened(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: DeadlinesMs.load });
  }
}

/** A user of its own: windows of one context share their storage. */
export async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(DeadlinesMs.action);
  return context;
}

/** Opens a window of a server and waits until the extension is active in it. */
export async function openWorkbench(
  context: BrowserContext,
  server: VscodeServer,
  options: WindowOptions = {},
): Promise<Workbench> {
  const workbench = new Workbench(await context.newPage(), server);
  await workbench.open(options);
  return workbench;
}
