import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../base/logger';
import type { BrokerRuntime, RuntimeCheck, StateStore } from '../../core/ports';
import type { EmbeddedProfile } from '../../core/profile';
import { createManagedRuntime } from '../supervisor/managedRuntime';
import { embeddedBrokerCommand } from './command';
import { DEFAULT_DATA_CAP_BYTES } from './host/config';
import { END_WITH_STDIN_VARIABLE } from './host/endWithStdin';
import { EXIT } from './host/exitCodes';
import { PACKED, UNPACKED } from './host/wasmFile';

/** What people see as its version. */
const version = 'kfake (not Apache Kafka)';
/** As in the topic form: more than one, so that partitions show what they do. */
const defaultPartitions = 3;
/** ms for a clean stop: the host gives itself 5 s. */
const stopTimeoutMs = 8_000;

export interface EmbeddedRuntimeOptions {
  /** Folder below which each profile has its folder: `profiles/<id>`. */
  readonly storageDir: string;
  /** Folder that holds `supervisor.js`, `embeddedBroker.js`, and `kfake.wasm` or the packed `kfake.wasm.br`. */
  readonly distDir: string;
  readonly state: StateStore;
  readonly logger: Logger;
}

/** The runtime of the playground broker, which needs nothing installed. */
export function createEmbeddedRuntime(options: EmbeddedRuntimeOptions): BrokerRuntime {
  const { distDir } = options;
  return createManagedRuntime<EmbeddedProfile>({
    ...options,
    kind: 'embedded',
    check: () => check(distDir),
    plan: (_profile, { host, port, dataDir, profileDir }) => {
      const command = embeddedBrokerCommand(
        {
          host,
          port,
          dataDir,
          clusterId: randomBytes(16).toString('base64url'),
          defaultPartitions,
          dataCapBytes: DEFAULT_DATA_CAP_BYTES,
          logLevel: 'info',
        },
        distDir,
      );
      return Promise.resolve({
        ...command,
        env: { ...command.env, [END_WITH_STDIN_VARIABLE]: '1' },
        cwd: profileDir,
        host,
        port,
        version,
        readyLine: '{"ready":true',
        stdin: 'lease',
        stopSignal: 'SIGTERM',
        stopTimeoutMs,
        exitCodes: {
          [EXIT.portInUse]: 'PORT_IN_USE',
          [EXIT.dataDirInUse]: 'DATA_DIRECTORY_IN_USE',
          [EXIT.dataDirNotWritable]: 'DATA_DIRECTORY_NOT_WRITABLE',
        },
      });
    },
  });
}

async function check(distDir: string): Promise<RuntimeCheck> {
  const exists = (file: string): Promise<boolean> =>
    access(path.join(distDir, file)).then(
      () => true,
      () => false,
    );
  // Any of the files of a line will do: the broker's process unpacks its program where it has to.
  for (const [file, other] of [[PACKED, UNPACKED], ['embeddedBroker.js'], ['supervisor.js']] as const) {
    if ((await exists(file)) || (other !== undefined && (await exists(other)))) continue;
    return {
      available: false,
      reason: `${file} is missing in ${distDir}.`,
      remedy: 'Build it with "npm run build", or install the extension again.',
    };
  }
  return { available: true, detail: `${version} in Node ${process.versions.node}` };
}
