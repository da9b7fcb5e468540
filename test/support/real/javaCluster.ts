import { randomBytes } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../freePort';
import { until } from '../until';
import { brokerProperties, SMALL_JVM } from './brokerProperties';
import { JavaBroker } from './javaBroker';
import type { JavaTarget } from './javaRecords';
import { JavaSession } from './javaSession';
import type { KafkaDist } from './kafkaDist';
import { kafkaTool } from './javaTools';
import { makeTempDir } from './tempDir';
import { kcat } from './tools';

/** Settings of {@link startJavaCluster}. */
export interface JavaClusterOptions {
  /** Server properties of all nodes. */
  readonly properties?: Readonly<Record<string, string>>;
}

interface ListedPartition {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly { readonly id: number }[];
  readonly isrs: readonly { readonly id: number }[];
}

/** What kcat -L -J tells. */
interface Listing {
  readonly brokers: readonly { readonly id: number }[];
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly ListedPartition[] }[];
}

const NODES = [1, 2, 3] as const;
const START_DEADLINE_MS = 60_000;

/** Three small heaps on one machine; a topic has a copy on each node and stays writable while one is away. */
const JVM = SMALL_JVM.map((flag) => (flag.startsWith('-Xmx') ? '-Xmx320m' : flag));
const THREE_COPIES: Readonly<Record<string, string>> = {
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  // A replica that is away leaves the in-sync replicas, and the others go on, after this.
  'replica.lag.time.max.ms': '4000',
  'auto.leader.rebalance.enable': 'false',
};

/** Three nodes of Apache Kafka on 127.0.0.1, each broker and controller (KRaft with static voters). */
export class JavaCluster {
  readonly dist: KafkaDist;
  readonly #nodes: ReadonlyMap<number, JavaBroker>;
  readonly #session: JavaSession;

  constructor(dist: KafkaDist, nodes: ReadonlyMap<number, JavaBroker>) {
    this.dist = dist;
    this.#nodes = nodes;
    this.#session = new JavaSession(dist);
  }

  /** Addresses of all nodes, whether they run or not. */
  get addresses(): readonly string[] {
    return [...this.#nodes.values()].map((node) => node.bootstrap);
  }

  /** For Kafka's and librdkafka's clients. */
  get target(): JavaTarget {
    return { dist: this.dist, bootstrap: this.addresses.join(','), session: this.#session };
  }

  node(id: number): JavaBroker {
    const node = this.#nodes.get(id);
    if (!node) throw new Error(`the cluster has no node ${id}`);
    return node;
  }

  /** Starts what does not run; resolves when every node is in the cluster. */
  async start(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.start()));
    const all = async (): Promise<boolean> => (await this.#list()).brokers.length === NODES.length;
    await until(all, { deadlineMs: START_DEADLINE_MS, what: 'three brokers in one cluster', everyMs: 100 });
  }

  /** Who leads each partition, -1 where nobody does, as the cluster tells librdkafka. */
  async leaders(topic: string): Promise<ReadonlyMap<number, number>> {
    const partitions = await this.#partitions(topic);
    return new Map(partitions.map(({ partition, leader }) => [partition, leader]));
  }

  /**
   * Has the partitions of the topic, from 0 on, on these nodes, and the first of each lead: kafka-reassign-partitions and
   * kafka-leader-election. Resolves when it is so.
   */
  async reassign(topic: string, replicas: readonly (readonly number[])[]): Promise<void> {
    const partitions = replicas.map((nodes, partition) => ({ topic, partition, replicas: nodes }));
    const file = join(this.node(1).folder, `${topic}.json`);
    await writeFile(file, JSON.stringify({ version: 1, partitions }));
    await kafkaTool(this.target, 'kafka-reassign-partitions', [
      '--reassignment-json-file',
      file,
      '--execute',
    ]);
    await this.#until(
      topic,
      (one) => one.replicas.map(({ id }) => id).join() === replicas[one.partition]?.join(),
    );
    await this.inSync(topic);
    await kafkaTool(this.target, 'kafka-leader-election', [
      '--election-type',
      'preferred',
      '--all-topic-partitions',
    ]);
    await this.#until(topic, (one) => one.leader === replicas[one.partition]?.[0]);
  }

  /** Waits until all copies of all partitions of the topic are in sync. */
  async inSync(topic: string): Promise<void> {
    await this.#until(topic, (one) => one.isrs.length === one.replicas.length);
  }

  async #until(topic: string, isSo: (one: ListedPartition) => boolean): Promise<void> {
    const areAll = async (): Promise<boolean> => (await this.#partitions(topic)).every(isSo);
    const what = `all partitions of ${topic} as ${isSo.toString()} has it`;
    await until(areAll, { deadlineMs: 30_000, what, everyMs: 100 });
  }

  async dispose(): Promise<void> {
    this.#session.dispose();
    await Promise.all([...this.#nodes.values()].map((node) => node.dispose()));
  }

  async #partitions(topic: string): Promise<readonly ListedPartition[]> {
    const { topics } = await this.#list(['-t', topic]);
    return topics.find((one) => one.topic === topic)?.partitions ?? [];
  }

  async #list(args: readonly string[] = []): Promise<Listing> {
    const running = [...this.#nodes.values()].filter((node) => node.running).map((node) => node.bootstrap);
    const output = await kcat(['-b', running.join(','), '-L', '-J', '-m', '5', ...args]);
    return JSON.parse(output.toString()) as Listing;
  }
}

/** Starts three nodes on ports that are free. A failing start tells the end of its node's log. */
export async function startJavaCluster(
  dist: KafkaDist,
  options: JavaClusterOptions = {},
): Promise<JavaCluster> {
  const free = await freePorts(2 * NODES.length);
  const controllers = new Map(NODES.map((id, i) => [id, free[i]!]));
  const voters = [...controllers].map(([id, port]) => `${id}@127.0.0.1:${port}`).join(',');
  const clusterId = newUuid();
  const nodes = new Map<number, JavaBroker>();
  for (const [id, controller] of controllers) {
    const ports = new Map([
      ['CONTROLLER', controller],
      ['PLAINTEXT', free[NODES.length + id - 1]!],
    ]);
    const folder = await makeTempDir(`kafka-${dist.version}-node-${id}`);
    const node = new JavaBroker(dist, folder, ports, { jvmArgs: JVM, deadlineMs: START_DEADLINE_MS });
    const own = { 'node.id': String(id), 'controller.quorum.voters': voters };
    const properties = { ...THREE_COPIES, ...options.properties, ...own };
    await writeFile(
      join(folder, 'server.properties'),
      brokerProperties(dist, node.dataDir, ports, [], properties),
    );
    await formatNode(dist, node.dataDir, { 'cluster.id': clusterId, 'node.id': String(id) });
    nodes.set(id, node);
  }
  const cluster = new JavaCluster(dist, nodes);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.dispose();
    throw error;
  }
}

/** A copy of the directory that StorageTool formatted once, with ids of its own. */
async function formatNode(
  dist: KafkaDist,
  dataDir: string,
  ids: Readonly<Record<string, string>>,
): Promise<void> {
  await cp(dist.formatted, dataDir, { recursive: true });
  const file = join(dataDir, 'meta.properties');
  let text = await readFile(file, 'utf8');
  for (const [name, value] of Object.entries({ ...ids, 'directory.id': newUuid() })) {
    const line = new RegExp(`^${name.replace('.', '\\.')}=.*$`, 'm');
    if (!line.test(text)) throw new Error(`${file} has no ${name}`);
    text = text.replace(line, `${name}=${value}`);
  }
  await writeFile(file, text);
}

/** A UUID as Kafka writes it; one that begins with a dash would be misread by its tools. */
function newUuid(): string {
  const id = randomBytes(16);
  id[0]! &= 0x7f;
  return id.toString('base64url');
}
