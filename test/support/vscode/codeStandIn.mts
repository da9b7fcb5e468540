/**
 * Takes the arguments that @vscode/test-electron gives to a desktop VS Code, and runs the tests in the VS Code server,
 * with a headless Chromium as its window. Ends with 0 when VS Code said so; the verdict is in the result file.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser';
import { runInExtensionHost } from './runInExtensionHost';
import { startServer } from './server';
import { testResults } from './testResults';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  strict: false, // test-electron adds switches that mean something to Electron alone
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'extensions-dir': { type: 'string' },
    'user-data-dir': { type: 'string' },
  },
});

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error(`not understood: ${process.argv.slice(2).join(' ')}`);
  return value;
};

const server = await startServer({
  extensionsDir: text(values['extensions-dir']),
  smokeTestDriver: true,
});
try {
  const browser = await launchBrowser();
  const { code, log } = await runInExtensionHost(browser, server, {
    folder: text(positionals[0]),
    development: (values.extensionDevelopmentPath ?? []).map(text),
    tests: text(values.extensionTestsPath),
    screenshot: join(testResults(), 'host/window.png'),
    deadlineMs: 300_000,
  });
  if (code !== 0) process.stderr.write(`VS Code ended with ${code}\n${log.slice(-30).join('\n')}\n`);
  process.exitCode = code === 0 ? 0 : 1;
  await browser.close();
} finally {
  await server.stop();
}
