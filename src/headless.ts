import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { KafkaManagerError, toManagerError } from './contract/errors';
import { helpText, parseCommandLine } from './headless/cli';
import { readSettings, unusedVariables, type Variables } from './headless/environment';
import { Interruption } from './headless/interruption';
import { Report } from './headless/report';
import { Session } from './headless/session';

/** Exit codes: 0 done, 1 it failed, 2 wrong options or settings, 130 interrupted before it was done. */
async function main(args: readonly string[]): Promise<number> {
  const report = new Report((line) => process.stdout.write(`${line}\n`));
  const interruption = new Interruption();
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
    session = await Session.open(readSettings(env, command.overrides), env, __dirname, report);
    for (const name of unusedVariables(env))
      report.line(`Note: ${name} is set, but is no setting of this version.`);
  } catch (error) {
    explain(error);
    return 2;
  }
  try {
    const done = await Promise.race([
      session.start().then(() => true),
      interruption.promise.then(() => false),
    ]);
    if (!done) report.step('Interrupted');
    if (!done || once) return done ? 0 : 130;
    session.printUse();
    await interruption.promise;
    report.line();
    return 0;
  } catch (error) {
    explain(error);
    return 1;
  } finally {
    interruption.onAgain(() => process.exit(130));
    await session.close();
  }
}

/** Variables of a .env file in the current folder, if there is one. */
async function dotenv(): Promise<Variables> {
  const file = path.resolve('.env');
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new KafkaManagerError('VALIDATION_ERROR', `The settings in "${file}" can not be read.`, {
      remedy: 'Make it a readable file of NAME=VALUE lines, or remove it.',
      cause,
    });
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

void main(process.argv.slice(2)).then((code) => process.exit(code));
