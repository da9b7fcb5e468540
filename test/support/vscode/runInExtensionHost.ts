import { format } from 'node:util';
import type { Browser } from 'playwright-core';
import type { VscodeServer } from './server';

/** What is run in the extension host. */
export interface HostRunOptions {
  /** The folder that the window shows. */
  readonly folder: string;
  /** Folders of extensions under development; VS Code runs tests only where there is one. */
  readonly development: readonly string[];
  /** A CommonJS file that exports `run()`. */
  readonly tests: string;
  /** Where a picture of the window goes when VS Code does not end with 0. */
  readonly screenshot: string;
  readonly deadlineMs: number;
}

/** How VS Code ended, which is 0 also when its extension host died, and what was logged in it. */
export interface HostRun {
  readonly code: number | string;
  readonly log: readonly string[];
}

/** Runs tests in the extension host of a window. The server has to have been started with its smoke test driver. */
export async function runInExtensionHost(
  browser: Browser,
  server: VscodeServer,
  options: HostRunOptions,
): Promise<HostRun> {
  const log: string[] = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.exposeFunction('codeAutomationLog', (level: string, args: unknown[]) => {
    log.push(`[${level}] ${format(...args)}`);
  });
  const ended = new Promise<number | string>((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    page.once('crash', () => resolve('a crash of the page'));
    browser.once('disconnected', () => resolve('the end of the browser'));
    server.onceEnded(() => resolve('the end of the server'));
    setTimeout(() => resolve(`no end within ${options.deadlineMs} ms`), options.deadlineMs).unref();
  });
  const uri = (path: string) => `vscode-remote://${server.authority}${path}`;
  const payload = [
    ...options.development.map((path) => ['extensionDevelopmentPath', uri(path)]),
    ['extensionTestsPath', uri(options.tests)],
    ['enableProposedApi', ''],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  await page.goto(`${server.url(options.folder)}&${query.toString()}`, { waitUntil: 'commit' });
  const code = await ended;
  if (code !== 0) await page.screenshot({ path: options.screenshot, timeout: 10_000 }).catch(() => {});
  return { code, log };
}
