import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { BrokerLaunchPlan } from '../../contract/supervisor';
import type { JavaProfile } from '../../core/profile';
import type { PlanContext } from '../supervisor/managedRuntimeOptions';
import type { ClassDataArchives } from './classDataArchives';
import type { FoundJava } from './findJava';
import { ensureFormatted } from './formatStorage';
import { logErrors } from './javaFailure';
import { brokerArguments } from './jvmArguments';
import type { KafkaHome } from './kafkaHome';
import { loggingConfig } from './loggingConfig';
import { formatProperties } from './propertiesFile';
import { serverProperties } from './serverProperties';

/** ms for a clean end; then the broker is killed, so that a stop takes no more than 5 s in all. */
const stopTimeoutMs = 4000;
/** ms after which a configuration of an earlier start is no longer read by anybody. */
const obsoleteAfterMs = 120_000;

export interface PreparationInput {
  readonly profile: JavaProfile;
  readonly context: PlanContext;
  readonly java: FoundJava;
  readonly kafka: KafkaHome;
  readonly archives: ClassDataArchives;
  readonly archiveKey: string;
  /** Gets the list of classes that a JVM without an archive loads. */
  readonly classList: string;
  readonly cacheDir: string;
}

/** Writes the configuration, formats the data folder where it is new, and says how to run the broker. */
export async function prepareJavaBroker(input: PreparationInput): Promise<BrokerLaunchPlan> {
  const { profile, context, java, kafka, archives, archiveKey } = input;
  const { profileDir, dataDir, host, port, signal } = context;
  const controllerPort = await freePort(host);
  const properties = serverProperties({
    ...{ dataDir, host, port, controllerPort },
    overrides: profile.properties,
  });
  // A name of its own: another terminal may write its plan while a broker reads this one.
  const propertiesFile = path.join(profileDir, `server.${controllerPort}.properties`);
  const config = loggingConfig(kafka.major);
  const logFile = path.join(profileDir, config.name);
  const [archive] = await Promise.all([
    archives.usable(archiveKey),
    writeFile(propertiesFile, formatProperties(properties), { mode: 0o600 }),
    writeWhole(logFile, config.text),
    removeObsolete(profileDir),
  ]);
  const logging = config.option(logFile);
  await ensureFormatted({
    ...{ java, kafka, logging, propertiesFile, properties, signal },
    cacheDir: input.cacheDir,
    lockDir: path.join(profileDir, 'format'),
  });
  const common = { kafka, profileDir, logging, propertiesFile };
  const without = brokerArguments({ ...common, recordClassesTo: input.classList });
  const files = archives.filesOf(archiveKey);
  return {
    file: java.file,
    args: archive === undefined ? without : brokerArguments({ ...common, archive }),
    env: {},
    cwd: profileDir,
    host,
    port,
    version: `Apache Kafka ${kafka.version}`,
    // kafka.network.DataPlaneAcceptor says it of each of its listeners, in 3.9 as in 4.
    readyLine: `Awaiting socket connections on ${host}:${port}.`,
    stopSignal: 'SIGTERM',
    stopTimeoutMs,
    commandLineMarker: propertiesFile,
    logErrors: logErrors(host, port),
    ...(archive === undefined
      ? {}
      : { fallback: { args: without, deleteFiles: [files.archive, files.sidecar] } }),
  };
}

/** A port that the kernel picked; only the broker itself talks to its controller. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}

async function removeObsolete(profileDir: string): Promise<void> {
  for (const name of await readdir(profileDir)) {
    if (!/^server\.\d+\.properties$/.test(name)) continue;
    const file = path.join(profileDir, name);
    const found = await stat(file).catch(() => undefined);
    if (found && found.mtimeMs < Date.now() - obsoleteAfterMs) await rm(file, { force: true });
  }
}
