// The REST API on the embedded broker, wired as `npm start` does it, for the contract run. Prints one line of JSON when
// it listens: {"url": …, "key": …}. Ends with SIGTERM, and takes its broker and its folder with it. Needs dist/.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startApi } from '../../src/api/startApi';
import { createLogger } from '../../src/base/logger';
import { ClusterManager } from '../../src/core/clusterManager';
import { MessageManager } from '../../src/core/messageManager';
import { TopicManager } from '../../src/core/topicManager';
import { systemClock } from '../../src/headless/application';
import { FileStateStore } from '../../src/storage/fileStores';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { createEmbeddedRuntime } from '../../src/runtimes/embedded/embeddedRuntime';
import { FakeSecretStore } from '../support/fakeManagers';
import { freePort } from '../support/freePort';

const storageDir = await mkdtemp(path.join(os.tmpdir(), 'lkm-contract-'));
const logger = createLogger((level, line) => process.stderr.write(`${level} ${line}\n`), 'error');
const distDir = path.join(import.meta.dirname, '../../dist');
const state = new FileStateStore(path.join(storageDir, 'state.json'));
const clusters = new ClusterManager({
  profiles: [{ id: 'contract', name: 'Contract', runtime: 'embedded', port: await freePort() }],
  runtimes: [createEmbeddedRuntime({ storageDir, distDir, state, logger })],
  connector: new KafkaConnector(logger),
  logger,
});
const topics = new TopicManager(clusters);
const messages = new MessageManager(clusters);
process.once('SIGTERM', () => void end());
await clusters.start();
const { server, key } = await startApi({
  clusters,
  topics,
  messages,
  secrets: new FakeSecretStore(),
  port: 0,
  logger,
  clock: systemClock,
  version: '0.0.0-contract',
  // The run sends wrong keys by the hundred and wants to see each refused with 401; the back-off after ten in a minute
  // (429) has its own test in test/unit/api/guard.test.ts.
  limits: { maxKeyFailures: Infinity },
});
process.stdout.write(`${JSON.stringify({ url: server.role?.url, key: key.value })}\n`);

async function end(): Promise<void> {
  await server.close();
  await clusters.stop();
  messages.dispose();
  topics.dispose();
  clusters.dispose();
  await rm(storageDir, { recursive: true, force: true });
  process.exit(0);
}
