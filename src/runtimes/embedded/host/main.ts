import { Bridge } from './bridge';
import { compileBroker, instantiateBroker } from './brokerModule';
import { CONFIG_VARIABLE, parseConfig } from './config';
import type { EmbeddedBrokerConfig } from './config';
import { lockDataDir } from './dataLock';
import { END_WITH_STDIN_VARIABLE, endWithStdin } from './endWithStdin';
import { EXIT, StartError } from './exitCodes';
import { createGoRuntime } from './goRuntime';
import { createLog, escapeLine } from './log';

/** How long a clean stop may take. What it would save is rebuilt from the log at the next start. */
const STOP_MS = 5_000;

const log = createLog((text) => process.stderr.write(text));

function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${escapeLine(message)}\n`);
  process.exit(error instanceof StartError ? error.exitCode : EXIT.failed);
}

async function main(): Promise<void> {
  const config = readConfig();
  if (process.env[END_WITH_STDIN_VARIABLE] === '1') endWithStdin();
  // Reading and compiling go on in other threads while the lock is taken and Go's runtime is loaded.
  const compiling = compileBroker(__dirname, log);
  compiling.catch(() => undefined); // awaited below
  await lockDataDir(config.dataDir);
  const go = createGoRuntime();
  const bridge = new Bridge(config, log, {
    ready: (port, stop) => announce(config, port, stop),
    failed: (error) => fail(error),
  });
  Object.assign(globalThis, { lkmHost: bridge.functions() });
  go.argv = ['kfake'];
  go.env = { [CONFIG_VARIABLE]: JSON.stringify(config) };
  go.exit = (code) => process.exit(code);
  const module = await compiling;
  await go.run(await instantiateBroker(module, go.importObject));
}

function readConfig(): EmbeddedBrokerConfig {
  try {
    return parseConfig(process.env[CONFIG_VARIABLE]);
  } catch (cause) {
    throw new StartError(EXIT.failed, (cause as Error).message, { cause });
  }
}

function announce(config: EmbeddedBrokerConfig, port: number, stop: () => void): void {
  const end = (): void => {
    stop();
    setTimeout(() => {
      log('WRN', `the clean stop took longer than ${STOP_MS} ms and was cut short; no record is lost`);
      process.exit(0);
    }, STOP_MS).unref();
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  process.stdout.write(
    `${JSON.stringify({ ready: true, host: config.advertisedHost ?? config.host, port })}\n`,
  );
}

main().catch(fail);
