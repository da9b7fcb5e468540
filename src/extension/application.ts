import path from 'node:path';
import { lazily } from '../base/async';
import { DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { ClusterManager } from '../core/clusterManager';
import { ClusterRegistry, type SharedStateStore } from '../core/clusterRegistry';
import { GroupManager } from '../core/groupManager';
import { HealthMonitor } from '../core/healthMonitor';
import type { MessageManager } from '../core/messageManager';
import type { Clock, KafkaConnector, SecretStore } from '../core/ports';
import { ProfileStore } from '../core/profileStore';
import type { ProfileDefaults } from '../core/resolveProfile';
import { TopicManager } from '../core/topicManager';
import { readTextFile } from '../storage/readTextFile';
import { createRuntimes } from './runtimes';

export interface ApplicationOptions {
  /** Folder of all that is kept. */
  readonly storageDir: string;
  /** Folder of the built files. */
  readonly distDir: string;
  readonly state: SharedStateStore;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly defaults: () => ProfileDefaults & { readonly mirror: string | undefined };
}

/** The managers as VS Code has them, wired by hand. */
export interface Application {
  readonly clusters: ClusterManager;
  readonly registry: ClusterRegistry;
  readonly profiles: ProfileStore;
  readonly topics: TopicManager;
  readonly groups: GroupManager;
  /** Loaded when it is first asked for, with all that reads and writes records. */
  readonly messages: () => Promise<MessageManager>;
  readonly health: HealthMonitor;
  readonly connector: KafkaConnector;
  dispose(): void;
}

/** Makes the managers; reads and starts nothing. */
export function createApplication(options: ApplicationOptions): Application {
  const { logger, clock, state, secrets, defaults } = options;
  const store = new DisposableStore();
  const connector = lazyConnector(logger);
  const clusters = store.add(
    new ClusterManager({ profiles: [], runtimes: createRuntimes(options), connector, logger }),
  );
  const topics = store.add(new TopicManager(clusters));
  const messages = lazily(() => loadMessages(clusters, topics, store));
  const profiles = new ProfileStore({ state, secrets, readFile: (file) => readTextFile(path.resolve(file)) });
  return {
    clusters,
    connector,
    profiles,
    registry: store.add(new ClusterRegistry({ clusters, store: profiles, state, defaults, logger })),
    topics,
    groups: new GroupManager(clusters),
    messages,
    health: store.add(new HealthMonitor({ clusters, clock })),
    dispose: () => store.dispose(),
  };
}

/** kafkajs and the protocol are loaded when something is connected to, not when the window opens. */
function lazyConnector(logger: Logger): KafkaConnector {
  const load = lazily(async () => {
    const { KafkaConnector } = await import('../kafka/kafkaConnector');
    return new KafkaConnector(logger);
  });
  return { connect: async (settings, signal) => (await load()).connect(settings, signal) };
}

async function loadMessages(
  clusters: ClusterManager,
  topics: TopicManager,
  store: DisposableStore,
): Promise<MessageManager> {
  const { MessageManager } = await import('../core/messageManager');
  const messages = store.add(new MessageManager(clusters));
  store.add(messages.onDidWrite(({ cluster, topic }) => topics.noteWritten(cluster, topic)));
  return messages;
}
