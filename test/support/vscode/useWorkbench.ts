import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { makeTempDir, removeTempDir } from '../real/tempDir';
import { launchBrowser } from './browser';
import { startServer } from './server';
import type { ServerOptions, VscodeServer } from './server';
import { testResults } from './testResults';
import { newContext, openWorkbench } from './workbench';
import type { WindowOptions, Workbench } from './workbench';

/** The first run on a machine fetches VS Code and Chromium, and packs the extension. */
const BRING_MS = 900_000;

/** How {@link useWorkbench} starts. */
export interface UseWorkbenchOptions extends ServerOptions, Pick<WindowOptions, 'activated'> {
  /** Files of the folder that the window shows, by path; a folder of its own is made for each suite. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What a suite that called {@link useWorkbench} works with, from its first `before` on. */
export interface WorkbenchOfSuite {
  /** The window. */
  readonly workbench: Workbench;
  readonly server: VscodeServer;
  readonly browser: Browser;
  /** The folder that the window shows. */
  readonly folder: string;
}

function slug(title: string): string {
  return title
    .replace(/[^\w]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100);
}

/** Keeps what tells why a test failed, and prints where: pictures of all windows, and the logs. */
async function keepEvidence(
  title: string,
  server: VscodeServer,
  browser: Browser | undefined,
): Promise<void> {
  const folder = join(testResults(), 'failed', slug(title));
  await mkdir(folder, { recursive: true });
  const pages = browser?.contexts().flatMap((context) => context.pages()) ?? [];
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `window-${index + 1}.png`), timeout: 10_000 }).catch(() => {});
  }
  await writeFile(join(folder, 'server.txt'), server.output);
  await cp(join(server.dataDir, 'logs'), join(folder, 'logs'), { recursive: true }).catch(() => {});
  process.stdout.write(`      kept: ${folder}\n`);
}

/**
 * Gives a suite a VS Code with the packed extension in a fresh profile: a server, a browser and a window on a folder,
 * started before its first test and ended after its last. Call it inside of `describe`.
 */
export function useWorkbench(options: UseWorkbenchOptions = {}): WorkbenchOfSuite {
  let folder: string | undefined;
  let server: VscodeServer | undefined;
  let browser: Browser | undefined;
  let workbench: Workbench | undefined;

  before('starts VS Code', async function () {
    this.timeout(BRING_MS);
    try {
      folder = await makeTempDir('folder');
      for (const [path, text] of Object.entries(options.files ?? {})) {
        await mkdir(join(folder, path, '..'), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      // One after the other where the first run fetches them.
      server = await startServer(options);
      browser = await launchBrowser();
      workbench = await openWorkbench(await newContext(browser), server, {
        folder,
        ...(options.activated === undefined ? {} : { activated: options.activated }),
      });
    } catch (error) {
      if (server !== undefined)
        await keepEvidence(this.test?.parent?.fullTitle() ?? 'start', server, browser);
      throw error;
    }
  });

  afterEach('keeps what tells why a test failed', async function () {
    if (this.currentTest?.state === 'failed' && server !== undefined) {
      await keepEvidence(this.currentTest.fullTitle(), server, browser);
    }
  });

  after('ends VS Code', async function () {
    this.timeout(60_000);
    await browser?.close();
    await server?.stop();
    if (folder !== undefined) await removeTempDir(folder);
  });

  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('VS Code is not started yet: use it in tests and hooks only');
    return value;
  };
  return {
    get workbench() {
      return started(workbench);
    },
    get server() {
      return started(server);
    },
    get browser() {
      return started(browser);
    },
    get folder() {
      return started(folder);
    },
  };
}
