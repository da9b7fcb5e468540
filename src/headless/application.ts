import path from 'node:path';
import { DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { ClusterManager } from '../core/clusterManager';
import { MessageManager } from '../core/messageManager';
import type { BrokerRuntime, Clock, KafkaConnector, StateStore } from '../core/ports';
import type { ClusterProfile } from '../core/profile';
import type { Settings } from '../core/settings';
import { TopicManager } from '../core/topicManager';
import { createEmbeddedRuntime } from '../runtimes/embedded/embeddedRuntime';
import { createExternalRuntime } from '../runtimes/external/externalRuntime';
import { FileStateStore } from '../storage/fileStores';

export interface ApplicationOptions {
  readonly settings: Settings;
  readonly profile: ClusterProfile;
  /** Folder of all that is kept. */
  readonly storage: string;
  /** Folder of the built files. */
  readonly distDir: string;
  readonly logger: Logger;
  /** Where JAVA_HOME, PATH and the proxies are looked for. */
  readonly env: NodeJS.ProcessEnv;
}

/** The managers of the terminal entry, wired by hand; VS Code has a wiring of its own. */
export interface Application {
  readonly clusters: ClusterManager;
  readonly topics: TopicManager;
  readonly messages: MessageManager;
  /** Loads the Kafka client ahead of its first use. */
  preload(): Promise<void>;
  dispose(): void;
}

/** The time of this machine. */
export const systemClock: Clock = { now: () => Date.now() };

/** Makes the managers; starts nothing. */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
  const { profile, logger } = options;
  const store = new DisposableStore();
  const connector = lazyConnector(logger);
  const clusters = store.add(
    new ClusterManager({
      profiles: [profile],
      runtimes: [await runtimeOf(options)],
      connector,
      logger,
    }),
  );
  const topics = store.add(new TopicManager(clusters));
  const messages = store.add(new MessageManager(clusters));
  return {
    clusters,
    topics,
    messages,
    preload: async () => {
      await connector.load();
    },
    dispose: () => store.dispose(),
  };
}

/** kafkajs and the protocol are loaded while the broker's process comes up, not before it. */
function lazyConnector(logger: Logger): KafkaConnector & { load(): Promise<KafkaConnector> } {
  let loading: Promise<KafkaConnector> | undefined;
  const load = (): Promise<KafkaConnector> =>
    (loading ??= import('../kafka/kafkaConnector').then(({ KafkaConnector }) => new KafkaConnector(logger)));
  return {
    load,
    connect: async (settings, signal) => (await load()).connect(settings, signal),
  };
}

async function runtimeOf(options: ApplicationOptions): Promise<BrokerRuntime> {
  const { profile, settings, storage: storageDir, distDir, logger } = options;
  const state: StateStore = new FileStateStore(path.join(storageDir, 'state.json'));
  const common = { storageDir, distDir, state, logger };
  switch (profile.runtime) {
    case 'embedded':
      return createEmbeddedRuntime(common);
    case 'external':
      return createExternalRuntime(systemClock);
    case 'java': {
      const { JavaRuntime } = await import('../runtimes/java/javaRuntime');
      return new JavaRuntime({ ...common, env: options.env, mirror: () => settings.kafkaMirror });
    }
  }
}
