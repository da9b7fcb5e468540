import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createLogger } from '../../src/base/logger';
import type { ErrorCode } from '../../src/contract/errorTable';
import type { Capabilities } from '../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../src/core/ports';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { BrokerProcess, brokerConfig, bundleBroker } from '../unit/runtimes/embedded/support/brokerProcess';
import { freePort } from './freePort';
import { startJavaBroker } from './real/javaBroker';
import { realKafka } from './real/kafkaDist';
import type { KafkaLine } from './real/kafkaDist';
import { makeTempDir } from './real/tempDir';

/** A broker that a gateway talks to. */
export interface StartedBroker {
  readonly bootstrap: string;
  /** Ends and starts it on the same port and data. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** What differs between the brokers, listed here and asserted by the suites. */
export interface Differences {
  readonly capabilities: Capabilities;
  /** Apache Kafka deletes no records of a topic that is only compacted. */
  readonly keepsCompactedRecords: boolean;
  /** The embedded broker speaks the version with documentation, and has none. */
  readonly documentsConfigs: boolean;
}

const all: Capabilities = { describeLogDirs: true };

async function javaBroker(line: KafkaLine): Promise<StartedBroker> {
  const broker = await startJavaBroker(await realKafka(line));
  return { bootstrap: broker.bootstrap, restart: () => broker.restart(), dispose: () => broker.dispose() };
}

async function embeddedBroker(): Promise<StartedBroker> {
  const folder = await makeTempDir('gateway-embedded');
  const dist = await bundleBroker();
  const config = brokerConfig(join(folder, 'data'), { port: await freePort() });
  const start = (): Promise<BrokerProcess> => new BrokerProcess(dist, config).ready();
  let broker = await start();
  const kill = async (): Promise<void> => {
    await broker.kill('SIGKILL');
  };
  return {
    bootstrap: `127.0.0.1:${broker.port}`,
    restart: async () => {
      await kill();
      broker = await start();
    },
    dispose: kill,
  };
}

/** A gateway to a broker, with topics of its own. */
export class GatewayStage {
  readonly broker: StartedBroker;
  readonly gateway: KafkaGateway;
  #made = 0;

  private constructor(broker: StartedBroker, gateway: KafkaGateway) {
    this.broker = broker;
    this.gateway = gateway;
  }

  static async open(start: () => Promise<StartedBroker>): Promise<GatewayStage> {
    const broker = await start();
    try {
      return new GatewayStage(broker, await connect(broker));
    } catch (error) {
      await broker.dispose();
      throw error;
    }
  }

  /** Another gateway to the same broker, which the caller disposes. */
  connect(): Promise<KafkaGateway> {
    return connect(this.broker);
  }

  /** A name that no topic has yet. */
  topicName(): string {
    return `gateway-${(this.#made += 1)}`;
  }

  /** Creates a topic; answers its name. */
  async withTopic(partitions = 1, configs: Record<string, string> = {}): Promise<string> {
    const topic = this.topicName();
    await this.gateway.createTopic({ name: topic, partitions, replicationFactor: 1, configs });
    return topic;
  }

  /** Writes so many records to a partition, one after the other. */
  async fill(topic: string, partition: number, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.gateway.produce({ topic, partition, key: null, value: Buffer.from(`value ${i}`) });
    }
  }

  async dispose(): Promise<void> {
    this.gateway.dispose();
    await this.broker.dispose();
  }
}

function connect({ bootstrap }: StartedBroker): Promise<KafkaGateway> {
  return new KafkaConnector(createLogger(() => {})).connect({ bootstrap: [bootstrap] });
}

/** The call fails with that code, and that message where one is given. */
export function rejects(work: Promise<unknown>, code: ErrorCode, message?: RegExp): Promise<void> {
  return assert.rejects(work, message ? { code, message } : { code });
}

/** The named fields are as expected; others may be there. */
export function assertPart<T extends object>(actual: T | undefined, expected: Partial<T>): void {
  assert.ok(actual, 'nothing is there');
  assert.deepEqual({ ...actual, ...expected }, actual);
}

/** The brokers that every suite of the gateway runs on, each by its name. */
export const gatewayBrokers: readonly (readonly [string, () => Promise<StartedBroker>, Differences])[] = [
  [
    'Apache Kafka 4',
    () => javaBroker('4'),
    { capabilities: all, keepsCompactedRecords: true, documentsConfigs: true },
  ],
  [
    'Apache Kafka 3.9',
    () => javaBroker('3.9'),
    { capabilities: all, keepsCompactedRecords: true, documentsConfigs: true },
  ],
  [
    'embedded broker',
    embeddedBroker,
    { capabilities: all, keepsCompactedRecords: false, documentsConfigs: false },
  ],
];
