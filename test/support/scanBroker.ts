import { join } from 'node:path';
import { BrokerProcess, brokerConfig, bundleBroker } from '../unit/runtimes/embedded/support/brokerProcess';
import { freePort } from './freePort';
import { startJavaBroker } from './real/javaBroker';
import { realKafka } from './real/kafkaDist';
import type { KafkaLine } from './real/kafkaDist';
import type { JavaTarget } from './real/javaRecords';
import { JavaSession } from './real/javaSession';
import { makeTempDir, removeTempDir } from './real/tempDir';

/** A broker whose topics are read. */
export interface ScanBroker {
  /** For Java's clients, which come from a release of Apache Kafka whatever the broker is. */
  readonly target: JavaTarget;
  /** Has compaction and retention run soon, where the broker does not do that by itself within a second. */
  compact(): Promise<void>;
  dispose(): Promise<void>;
}

/** The pauses of the cleaner and of retention are 15 s and 5 minutes otherwise. */
const EAGER: Readonly<Record<string, string>> = {
  'log.cleaner.backoff.ms': '100',
  'log.initial.task.delay.ms': '100',
  'log.retention.check.interval.ms': '200',
};

/** Apache Kafka whose cleaner and retention look for work without a pause. */
export async function javaScanBroker(line: KafkaLine): Promise<ScanBroker> {
  const dist = await realKafka(line);
  const broker = await startJavaBroker(dist, { properties: EAGER });
  const session = new JavaSession(dist);
  return {
    target: { dist, bootstrap: broker.bootstrap, session },
    compact: () => Promise.resolve(),
    dispose: async () => {
      session.dispose();
      await broker.dispose();
    },
  };
}

/** The embedded broker. It compacts each minute and before a clean stop, so it is restarted for that. */
export async function embeddedScanBroker(): Promise<ScanBroker> {
  const folder = await makeTempDir('scan-embedded');
  const [dist, bundle, port] = await Promise.all([realKafka('4'), bundleBroker(), freePort()]);
  const config = brokerConfig(join(folder, 'data'), { port });
  const start = (): Promise<BrokerProcess> => new BrokerProcess(bundle, config).ready();
  let broker = await start();
  const session = new JavaSession(dist);
  return {
    target: { dist, bootstrap: `127.0.0.1:${port}`, session },
    compact: async () => {
      await broker.kill('SIGTERM');
      broker = await start();
    },
    dispose: async () => {
      session.dispose();
      await broker.kill('SIGKILL');
      await removeTempDir(bundle);
      await removeTempDir(folder);
    },
  };
}
