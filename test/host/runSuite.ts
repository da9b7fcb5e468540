import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Mocha from 'mocha';
import { extensionId } from '../support/vscode/extensionId';
import type { HostResult, HostTest } from '../support/vscode/hostResult';

/** Node tells of a rejection that nobody handles when the turn ends; VS Code itself waits for about so long. */
const LATE_REJECTIONS_MS = 200;

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Errors of VS Code's own extension host are none of ours: only what our bundle or the extension threw counts. */
function isOurs(error: unknown): boolean {
  const text = describeError(error);
  return text.includes(__filename) || text.includes(extensionId);
}

/**
 * Runs the tests in the extension host; the bundle that is made of it by `run.mts` is what VS Code calls.
 *
 * The verdict is the file HOST_RESULT, which is written when all is over: VS Code reports a dead extension host as a
 * success. Beside it `.partial` tells which test was running when there is none.
 * @param load registers the tests with `describe` and `it`
 */
export async function runSuite(load: () => void): Promise<void> {
  const file = process.env['HOST_RESULT'];
  if (file === undefined) throw new Error('HOST_RESULT does not name the file for the result');
  const tests: HostTest[] = [];
  const uncaught: string[] = [];
  const write = (path: string, result: HostResult) => {
    writeFileSync(`${path}.tmp`, JSON.stringify(result));
    renameSync(`${path}.tmp`, path);
  };

  const seen = new Set<unknown>(); // Mocha hands on what it sees, so that it comes twice.
  const note = (error: unknown) => {
    if (isOurs(error) && !seen.has(error)) uncaught.push(describeError(error));
    seen.add(error);
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);

  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    reporter: 'min',
    forbidOnly: true,
    forbidPending: true,
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  load();
  let pending = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('test', (test) =>
      write(`${file}.partial`, { tests, pending, uncaught, running: test.fullTitle() }),
    );
    runner.on('pass', (test) => tests.push({ title: test.fullTitle(), durationMs: test.duration ?? 0 }));
    runner.on('fail', (test, error: unknown) =>
      tests.push({ title: test.fullTitle(), durationMs: test.duration ?? 0, error: describeError(error) }),
    );
    runner.on('pending', () => pending++);
  });
  await delay(LATE_REJECTIONS_MS);
  write(file, { tests, pending, uncaught });
  if (uncaught.length > 0 || tests.some(({ error }) => error !== undefined)) throw new Error('tests failed');
}
