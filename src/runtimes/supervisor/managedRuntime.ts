import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { abortable } from '../../base/async';
import { KafkaManagerError, toManagerError } from '../../contract/errors';
import type { BrokerRuntime, RunningBroker, RuntimeCheck, StartProgress } from '../../core/ports';
import type { ClusterProfile } from '../../core/profile';
import { choosePort } from '../ports/choosePort';
import { markDataFolder } from './dataMarker';
import { endLostBroker } from './endLostBroker';
import { makeFolder } from './makeFolder';
import type { ManagedProfile, ManagedRuntimeOptions } from './managedRuntimeOptions';
import { resetData } from './resetData';
import { SupervisedBroker } from './supervisedBroker';
import { SupervisorClient } from './supervisorClient';

/** Loopback only: no setting binds a broker of ours to anything else (SECURITY S3). */
const host = '127.0.0.1';
/** Starts on a further port, when another program takes the chosen one just before the broker does. */
const maxPortAttempts = 3;

/**
 * A runtime whose brokers are kept by supervisors: `options` say how to check and how to run one, all else (folders,
 * port, lease, attaching, reset) is the same for all of them.
 */
export function createManagedRuntime<P extends ManagedProfile>(
  options: ManagedRuntimeOptions<P>,
): BrokerRuntime {
  return new ManagedRuntime(options);
}

class ManagedRuntime<P extends ManagedProfile> implements BrokerRuntime {
  readonly #options: ManagedRuntimeOptions<P>;

  constructor(options: ManagedRuntimeOptions<P>) {
    this.#options = options;
  }

  get kind(): ClusterProfile['runtime'] {
    return this.#options.kind;
  }

  check(profile: ClusterProfile, signal?: AbortSignal): Promise<RuntimeCheck> {
    return this.#options.check(this.#own(profile), signal);
  }

  async start(
    anyProfile: ClusterProfile,
    progress: (step: StartProgress) => void,
    signal?: AbortSignal,
  ): Promise<RunningBroker> {
    const profile = this.#own(anyProfile);
    const running = await this.attach(profile, signal);
    if (running) return running;
    const { state, distDir, logger, plan } = this.#options;
    const { profileDir, dataDir } = await this.#makeFolders(profile);
    await markDataFolder(dataDir).catch((cause: unknown) => {
      throw notWritable(dataDir, cause);
    });
    const portKey = `cluster.${profile.id}.port`;
    const taken = new Set<number>();
    for (let attempt = 1; ; attempt++) {
      const remembered = asPort(await state.get(portKey));
      const { port, isWantedTaken } = await choosePort(profile.port, { remembered, skip: taken });
      if (isWantedTaken) {
        // Perhaps by the profile's own broker, which another client has started just now.
        const own = await this.attach(profile, signal);
        if (own) return own;
        progress({ message: `Port ${profile.port} is taken by another program; using ${port}` });
      }
      const launch = await plan(profile, { profileDir, dataDir, host, port, progress, signal });
      try {
        const keepRunning = profile.keepRunning ?? launch.keepRunning ?? false;
        const client = await SupervisorClient.ensure(
          profileDir,
          distDir,
          { ...launch, keepRunning },
          signal,
          () => progress({ message: `Starting ${launch.version} on port ${port}` }),
        );
        const broker = this.#brokerOf(client, profileDir);
        if (!broker) {
          client.dispose();
          throw new KafkaManagerError('CLUSTER_START_FAILED', 'The broker ended as soon as it listened.');
        }
        if (broker.port !== remembered) await this.#remember(portKey, broker.port);
        return broker;
      } catch (error) {
        const known = toManagerError(error);
        if (known.code !== 'PORT_IN_USE' || attempt === maxPortAttempts) throw known;
        logger.warn(`port ${port} was taken between the look and the start of ${profile.id}`);
        taken.add(port);
      }
    }
  }

  async attach(profile: ClusterProfile, signal?: AbortSignal): Promise<RunningBroker | undefined> {
    const { profileDir } = this.#folders(this.#own(profile));
    const client = await SupervisorClient.attach(profileDir);
    if (!client) return undefined;
    try {
      await abortable(client.settled(), signal);
    } catch (error) {
      client.dispose();
      throw error;
    }
    const broker = this.#brokerOf(client, profileDir);
    if (!broker) client.dispose();
    return broker;
  }

  async stop(profile: ClusterProfile): Promise<void> {
    const { profileDir } = this.#folders(this.#own(profile));
    const client = await SupervisorClient.attach(profileDir);
    if (!client) return;
    try {
      await client.stop();
    } catch (error) {
      if (client.isConnected) throw error;
      // The supervisor was killed meanwhile.
      await endLostBroker(profileDir, this.#options.distDir);
    } finally {
      client.dispose();
    }
  }

  async reset(profile: ClusterProfile): Promise<void> {
    const { profileDir, dataDir } = await this.#makeFolders(this.#own(profile));
    await resetData(profileDir, dataDir);
  }

  /** The client's broker where it listens. */
  #brokerOf(client: SupervisorClient, profileDir: string): SupervisedBroker | undefined {
    const { state } = client;
    if (state.state !== 'listening') return undefined;
    return new SupervisedBroker(client, state, () => endLostBroker(profileDir, this.#options.distDir));
  }

  /** A broker that runs is worth more than its port at the next start. */
  async #remember(key: string, port: number): Promise<void> {
    const { state, logger } = this.#options;
    try {
      await state.set(key, port);
    } catch (error) {
      logger.warn(`port ${port} could not be remembered: ${String(error)}`);
    }
  }

  #own(profile: ClusterProfile): P {
    if (profile.runtime !== this.#options.kind) {
      throw new KafkaManagerError(
        'INTERNAL_ERROR',
        `Profile ${profile.id} is not of the ${this.kind} runtime.`,
      );
    }
    return profile as P;
  }

  #folders(profile: P): { readonly profileDir: string; readonly dataDir: string } {
    const profileDir = path.join(this.#options.storageDir, 'profiles', profile.id);
    return { profileDir, dataDir: profile.dataDir ?? path.join(profileDir, 'data') };
  }

  async #makeFolders(profile: P): Promise<{ readonly profileDir: string; readonly dataDir: string }> {
    const folders = this.#folders(profile);
    try {
      await makeFolder(folders.profileDir);
      await chmod(folders.profileDir, 0o700);
    } catch (cause) {
      throw notWritable(folders.profileDir, cause);
    }
    try {
      await makeFolder(folders.dataDir);
    } catch (cause) {
      throw notWritable(folders.dataDir, cause);
    }
    return folders;
  }
}

function notWritable(folder: string, cause: unknown): KafkaManagerError {
  return new KafkaManagerError('DATA_DIRECTORY_NOT_WRITABLE', `The folder ${folder} can not be written.`, {
    cause,
  });
}

function asPort(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
    ? value
    : undefined;
}
