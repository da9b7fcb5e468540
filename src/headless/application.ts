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
import { FileStateStore } from './fileStores';

export interface ApplicationOptions {
  readonly settings: Settings;
  readonly profile: ClusterProfile;
  /** Folder of all that is kept. */
  readonly storage: string;
  /** Folder of the built files. */
  readonly distDir: string;
  readonly logger: Logger;
}

/** The managers of the terminal entry, wired by hand; VS Code has a wiring of its own. */
export interface Application {
  readonly clusters: ClusterManager;
  readonly topics: TopicManager;
  readonly messages: MessageManager;
  dispose(): void;
}

/** The time of this machine. */
export const systemClock: Clock = { now: () => Date.now() };

/** Makes the managers; starts nothing. */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
  const { profile, logger } = options;
  const store = new DisposableStore();
  const clusters = store.add(
    new ClusterManager({
      profiles: [profile],
      runtimes: [await runtimeOf(options)],
      connector: lazyConnector(logger),
      logger,
    }),
  );
  const topics = store.add(new TopicManager(clusters));
  const messages = store.add(new MessageManager(clusters));
  return { clusters, topics, messages, dispose: () => store.dispose() };
}

/** kafkajs and the protocol are loaded while the broker's process comes up, not before it. */
function lazyConnector(logger: Logger): KafkaConnector {
  let loading: Promise<KafkaConnector> | undefined;
  return {
    async connect(settings, signal) {
      loading ??= import('../kafka/kafkaConnector').then(({ KafkaConnector }) => new KafkaConnector(logger));
      return (await loading).connect(settings, signal);
    },
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
      const mirror = settings.kafkaMirror;
      return new JavaRuntime({ ...common, env: process.env, ...(mirror !== undefined && { mirror }) });
    }
  }
}
