/**
 * Runs the tests of this folder inside VS Code's extension host, against the installed VSIX:
 * `node --import tsx test/host/run.mts [RESULTS]`, where RESULTS gets the counts for test/run.mjs.
 *
 * Where there is a display, that is a desktop VS Code, which @vscode/test-electron downloads; elsewhere the VS Code
 * server in a headless Chromium, which `code-standin` starts in its place. LKM_HOST=desktop or LKM_HOST=server decides.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  runTests,
} from '@vscode/test-electron';
import { build } from 'esbuild';
import { run } from '../support/real/children';
import { makeTempDir } from '../support/real/tempDir';
import { readHostResult } from '../support/vscode/hostResult';
import type { HostResult } from '../support/vscode/hostResult';
import { QUIET_SETTINGS } from '../support/vscode/quietSettings';
import { testResults } from '../support/vscode/testResults';
import { installVsix, packedVsix } from '../support/vscode/vsix';

const folder = fileURLToPath(new URL('.', import.meta.url));
const results = join(testResults(), 'host');
const resultFile = join(results, 'result.json');

function onDesktop(): boolean {
  const asked = process.env['LKM_HOST'];
  if (asked === 'desktop' || asked === 'server') return asked === 'desktop';
  if (asked !== undefined && asked !== '')
    throw new Error(`LKM_HOST is ${asked}; it may be desktop or server`);
  if (process.platform !== 'linux') return true;
  return ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => (process.env[name] ?? '') !== '');
}

/** One CommonJS file with all tests, as VS Code loads it. Mocha stays in node_modules, above it. */
async function bundleTests(): Promise<string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const outfile = join(results, 'tests.cjs');
  await build({
    stdin: {
      contents: `import { runSuite } from './runSuite';
        export const run = () => runSuite(() => { ${files.map((file) => `require('./${file}');`).join(' ')} });`,
      resolveDir: folder,
    },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
    outfile,
  });
  return outfile;
}

/** Installs the VSIX into a desktop VS Code's own new folders, and returns that VS Code and its arguments. */
async function desktop(): Promise<{ executable: string; args: string[] }> {
  const executable = await downloadAndUnzipVSCode();
  const data = await makeTempDir('desktop');
  const folders = ['--extensions-dir', join(data, 'extensions'), '--user-data-dir', join(data, 'user')];
  mkdirSync(join(data, 'user/User'), { recursive: true });
  writeFileSync(join(data, 'user/User/settings.json'), JSON.stringify(QUIET_SETTINGS));
  const [cli, ...cliArgs] = resolveCliArgsFromVSCodeExecutablePath(executable, { reuseMachineInstall: true });
  await run(cli!, [...cliArgs, ...folders, '--install-extension', await packedVsix()], {
    deadlineMs: 120_000,
  });
  return { executable, args: [...folders, '--disable-workspace-trust'] };
}

/** The stand-in for a desktop VS Code, and the same arguments for it. */
async function server(): Promise<{ executable: string; args: string[] }> {
  const extensions = join(await makeTempDir('host'), 'extensions');
  await installVsix(extensions);
  return {
    executable: fileURLToPath(new URL('../support/vscode/code-standin', import.meta.url)),
    args: ['--extensions-dir', extensions],
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints what happened and returns the failures, by title. */
function report(
  result: HostResult | undefined,
  partial: HostResult | undefined,
  ended: Error | undefined,
): string[] {
  const failures: string[] = [];
  for (const { title, durationMs, error } of (result ?? partial)?.tests ?? []) {
    say(`  ${error === undefined ? '✔' : '✖'} ${title} (${durationMs} ms)`);
    if (error === undefined) continue;
    say(error.replace(/^/gm, '      '));
    failures.push(title);
  }
  for (const error of (result ?? partial)?.uncaught ?? []) {
    say(`  ✖ nobody caught: ${error.replace(/\n/g, '\n      ')}`);
    failures.push(`host: nobody caught ${error.split('\n')[0]!}`);
  }
  if (result === undefined) {
    const where =
      partial?.running === undefined ? 'before the first test' : `while it ran "${partial.running}"`;
    failures.push(
      `host: the extension host ended ${where}${ended === undefined ? '' : ` (${ended.message})`}`,
    );
    say(`  ✖ ${failures.at(-1)!}`);
  } else if (result.tests.length === 0) {
    failures.push('host: no test was run');
  }
  if (existsSync(`${resultFile}.figures`))
    say(`  figures: ${readFileSync(`${resultFile}.figures`, 'utf8').trim()}`);
  return failures;
}

// What an earlier run left would be taken for this one's verdict.
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const tests = await bundleTests();
const { executable, args } = onDesktop() ? await desktop() : await server();
let ended: Error | undefined;
try {
  await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: join(folder, 'companion'),
    extensionTestsPath: tests,
    extensionTestsEnv: { HOST_RESULT: resultFile },
    launchArgs: [await makeTempDir('folder'), ...args],
  });
} catch (error) {
  ended = error instanceof Error ? error : new Error(String(error));
}
const result = readHostResult(resultFile);
const failures = report(result, readHostResult(`${resultFile}.partial`), ended);
const passed = (result?.tests ?? []).filter(({ error }) => error === undefined).length;
say(`\n  ${passed} passing, ${failures.length} failing`);
const [counts] = process.argv.slice(2);
if (counts !== undefined) {
  const found = { passed, failed: failures.length, pending: result?.pending ?? 0, failures };
  writeFileSync(counts, JSON.stringify(found));
}
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
