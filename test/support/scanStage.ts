import assert from 'node:assert/strict';
import { Kafka, logLevel } from 'kafkajs';
import { createLogger } from '../../src/base/logger';
import type { ProducedRecord } from '../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../src/core/ports';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { Opened } from './opened';
import { kafkaTool } from './real/javaTools';
import { embeddedScanBroker, javaScanBroker } from './scanBroker';
import type { ScanBroker } from './scanBroker';
import { hourAgo, text } from './scanWords';
import { TopicReads } from './topicReads';

/** A broker with topics that are scanned: what fills them, and what reads them. */
export class ScanStage {
  readonly broker: ScanBroker;
  readonly bootstrap: string;
  /** A client besides ours, for what the gateway does not do. */
  readonly kafka: Kafka;
  readonly gateway: KafkaGateway;
  readonly source: RecordSource;
  readonly reads: TopicReads;
  readonly #opened: Opened;

  private constructor(opened: Opened, broker: ScanBroker, gateway: KafkaGateway, source: RecordSource) {
    this.#opened = opened;
    this.broker = broker;
    this.bootstrap = broker.target.bootstrap;
    this.kafka = new Kafka({ brokers: [this.bootstrap], logLevel: logLevel.NOTHING });
    this.gateway = gateway;
    this.source = source;
    this.reads = new TopicReads(source);
  }

  /** Starts the broker, with a group for assertNoGroupLeft to find. */
  static async open(start: () => Promise<ScanBroker>): Promise<ScanStage> {
    const opened = new Opened();
    try {
      const broker = opened.add(await start());
      const connector = new KafkaConnector(createLogger(() => {}));
      const gateway = opened.add(await connector.connect({ bootstrap: [broker.target.bootstrap] }));
      const stage = new ScanStage(opened, broker, gateway, opened.add(await gateway.openSource()));
      await stage.#makeGroup();
      return stage;
    } catch (error) {
      await opened.dispose();
      throw error;
    }
  }

  create(topic: string, partitions = 1, configs: Record<string, string> = {}): Promise<void> {
    return this.gateway.createTopic({ name: topic, partitions, replicationFactor: 1, configs });
  }

  /** Sends records at once, so that they share batches. */
  send(topic: string, partition: number, numbers: number[], padding = ''): Promise<ProducedRecord[]> {
    return Promise.all(
      numbers.map((i) => {
        const value = text(`value ${i}${padding}`);
        const key = text(`key ${i}`);
        return this.gateway.produce({ topic, partition, timestamp: hourAgo + i, key, value });
      }),
    );
  }

  /** Fails where Kafka's own tool lists another consumer group than the one that was made on purpose. */
  async assertNoGroupLeft(): Promise<void> {
    const { stdout } = await kafkaTool(this.broker.target, 'kafka-consumer-groups', ['--list']);
    assert.deepEqual(stdout.toString().trim().split('\n'), ['known']);
  }

  dispose(): Promise<void> {
    return this.#opened.dispose();
  }

  /** An empty list of groups would be no proof. */
  async #makeGroup(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'grouped', numPartitions: 1 }] });
    const partitions = [{ partition: 0, offset: '0' }];
    await admin.setOffsets({ groupId: 'known', topic: 'grouped', partitions });
    await admin.disconnect();
  }
}

/** The brokers that every suite of scans runs on, each by its name. */
export const scanBrokers: readonly (readonly [string, () => Promise<ScanBroker>])[] = [
  ['Apache Kafka 4', () => javaScanBroker('4')],
  ['Apache Kafka 3.9', () => javaScanBroker('3.9')],
  ['the embedded broker', embeddedScanBroker],
];
