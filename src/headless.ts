import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { toManagerError } from './contract/errors';
import { helpText, parseCommandLine } from './headless/cli';
import { readSettings, unusedVariables, type Variables } from './headless/environment';
import { Report } from './headless/report';
import { Session } from './headless/session';

/** Exit codes: 0 done, 1 it failed, 2 wrong options or settings. */
async function main(args: readonly string[]): Promise<number> {
  const report = new Report((line) => process.stdout.write(`${line}\n`));
  let session: Session;
  let once: boolean;
  try {
    const command = parseCommandLine(args);
    if (command.help) {
      report.line(helpText());
      return 0;
    }
    once = command.once;
    const env: Variables = { ...(await dotenv()), ...process.env };
    session = await Session.open(readSettings(env, command.overrides), __dirname, report);
    for (const name of unusedVariables(env))
      report.line(`Note: ${name} is set, but changes nothing in this version.`);
  } catch (error) {
    explain(error);
    return 2;
  }
  const interrupted = whenInterrupted();
  try {
    const started = session.start();
    await Promise.race([started, interrupted.promise]);
    if (once || interrupted.happened()) return 0;
    session.printUse();
    await interrupted.promise;
    report.line();
    return 0;
  } catch (error) {
    explain(error);
    return 1;
  } finally {
    interrupted.onAgain(() => process.exit(130));
    await session.close();
  }
}

/** Variables of a .env file in the current folder, if there is one. */
async function dotenv(): Promise<Variables> {
  try {
    return parseEnv(await readFile(path.resolve('.env'), 'utf8'));
  } catch {
    return {};
  }
}

/** What happened, what to do next, and the last words of a broker that failed: all on standard error. */
function explain(error: unknown): void {
  const known = toManagerError(error);
  process.stderr.write(`\n${known.message}\n${known.remedy}\n`);
  const lines = known.details?.['last_log'];
  if (Array.isArray(lines) && lines.length > 0) {
    process.stderr.write(
      `\nLast lines of the broker's log:\n${lines.map((line) => `  ${String(line)}\n`).join('')}`,
    );
  }
  if (known.code === 'INTERNAL_ERROR') process.stderr.write(`${String(known.cause)}\n`);
}

/** Ctrl-C, a closed terminal or a polite kill. A second Ctrl-C while it stops does not wait any longer. */
function whenInterrupted(): {
  promise: Promise<void>;
  happened: () => boolean;
  onAgain: (act: () => void) => void;
} {
  let count = 0;
  let again = (): void => {};
  const promise = new Promise<void>((resolve) => {
    const hear = (): void => {
      count++;
      if (count > 1) again();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
  });
  return { promise, happened: () => count > 0, onAgain: (act) => (again = act) };
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
