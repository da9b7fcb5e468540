import fs from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { createLogger } from '../../src/base/logger';
import { freePorts } from '../support/freePort';
import { run, spawnTracked } from '../support/real/children';
import { type KafkaDist, realKafka } from '../support/real/kafkaDist';
import { makeTempDir } from '../support/real/tempDir';
import { Terminal } from '../support/terminal';
import { until } from '../support/until';
import { figure, median } from './figures';

const rounds = 5;
const headless = path.join(import.meta.dirname, '../../dist/headless.js');

/** Seconds from spawning our terminal entry until it says that the message came back; then it is left to stop. */
async function ours(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawnTracked(process.execPath, [
    headless,
    '--once',
    '--port',
    '0',
    '--api-port',
    '0',
    ...args,
  ]);
  let seconds = Number.NaN;
  const lines: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes('Consumed it')) seconds = (performance.now() - started) / 1000;
  }
  const code = await ended;
  if (code !== 0 || Number.isNaN(seconds))
    throw new Error(`no round trip (exit ${code}):\n${lines.join('\n')}`);
  return seconds;
}

/**
 * What the release's own kafka-run-class.sh adds for kafka-server-start.sh; the layout made from Maven's jars has a
 * thinner script. It also looks through all jars by a grep for each, which is left out here, in favour of the peer.
 */
const stockOptions = (folder: string): NodeJS.ProcessEnv => ({
  KAFKA_JMX_OPTS:
    '-Dcom.sun.management.jmxremote -Dcom.sun.management.jmxremote.authenticate=false ' +
    '-Dcom.sun.management.jmxremote.ssl=false',
  KAFKA_OPTS: `-Xlog:gc*:file=${folder}/gc.log:time,tags:filecount=10,filesize=100M`,
});

/**
 * Seconds from running the stock kafka-server-start.sh on formatted storage until a client, which is loaded already,
 * has made the round trip of a first message.
 */
async function stock(dist: KafkaDist): Promise<{ seconds: number; withFormat: number }> {
  const folder = await makeTempDir('bench-stock');
  const [port, controller] = await freePorts(2);
  const properties = path.join(folder, 'server.properties');
  await fs.writeFile(
    properties,
    [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
      'controller.listener.names=CONTROLLER',
      'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      `log.dirs=${path.join(folder, 'data')}`,
      'offsets.topic.replication.factor=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
    ].join('\n'),
  );
  const env = { ...process.env, JAVA_HOME: dist.javaHome, ...stockOptions(folder) };
  const bin = (name: string): string => path.join(dist.home, 'bin', name);
  const formatting = performance.now();
  await run(bin('kafka-storage.sh'), ['format', '-t', 'AAAAAAAAAAAAAAAAAAAAAQ', '-c', properties], { env });
  const connector = new KafkaConnector(createLogger(() => {}));
  const started = performance.now();
  // The script asks for the version first, to choose the flags of the GC log.
  await run(dist.java, ['-version']);
  const child = spawnTracked(bin('kafka-server-start.sh'), [properties], { env });
  child.stdout.resume();
  child.stderr.resume();
  try {
    const gateway = await until(() => connector.connect({ bootstrap: [`127.0.0.1:${port}`] }), {
      deadlineMs: 120_000,
      what: 'the stock broker',
      everyMs: 10,
    });
    await until(
      async () => {
        await gateway.createTopic({ name: 'hello', partitions: 1, replicationFactor: 1 });
        return true;
      },
      { deadlineMs: 30_000, what: 'the topic', everyMs: 10 },
    );
    const value = Buffer.from('hello');
    const { offset } = await gateway.produce({ topic: 'hello', key: null, value });
    const source = await gateway.openSource();
    const options = {
      isolation: 'read_committed',
      maxBytesPerPartition: 65_536,
      maxWaitMs: 500,
      minBytes: 1,
    } as const;
    await until(
      async () => {
        const [found] = await source.fetch('hello', [{ partition: 0, offset }], options);
        return found?.batches[0];
      },
      { deadlineMs: 30_000, what: 'the message', everyMs: 1 },
    );
    const seconds = (performance.now() - started) / 1000;
    source.dispose();
    gateway.dispose();
    return { seconds, withFormat: seconds + (started - formatting) / 1000 };
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

/** The first start of all: formats its storage, and beside the running broker makes the archive for later starts. */
async function firstJavaStart(args: readonly string[], data: string): Promise<void> {
  const terminal = new Terminal({ args: ['--port', '0', '--api-port', '0', ...args], data });
  const started = performance.now();
  await terminal.ready(120_000);
  const seconds = (performance.now() - started) / 1000;
  console.log(`first Java start of all (formats its storage): ${seconds.toFixed(2)} s`);
  const archives = path.join(data, 'java', 'archives');
  await until(async () => (await fs.readdir(archives)).some((file) => file.endsWith('.json')), {
    deadlineMs: 120_000,
    what: 'the class-data archive',
    everyMs: 200,
  });
  console.log(`class-data archive made after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  await terminal.stop();
}

/** Time until the first message has made the round trip, ours against a stock broker in the same run. */
export async function startup(): Promise<void> {
  const dist = await realKafka('4');
  const [embeddedData, javaData] = [await makeTempDir('bench-embedded'), await makeTempDir('bench-java')];
  const java = [
    '--runtime',
    'java',
    '--kafka-home',
    dist.home,
    '--java-home',
    dist.javaHome,
    '--data',
    javaData,
  ];
  await ours(['--data', embeddedData]);
  await firstJavaStart(java, javaData);
  const seconds = {
    embedded: [] as number[],
    java: [] as number[],
    stock: [] as number[],
    stockWithFormat: [] as number[],
  };
  for (let round = 0; round < rounds; round++) {
    seconds.embedded.push(await ours(['--data', embeddedData]));
    seconds.java.push(await ours([...java, '--data', javaData]));
    const peer = await stock(dist);
    seconds.stock.push(peer.seconds);
    seconds.stockWithFormat.push(peer.withFormat);
  }
  figure('startup/embedded', seconds.embedded, 's', '<=0.6');
  figure('startup/java', seconds.java, 's', '');
  figure('startup/stock', seconds.stock, 's', `(kafka-server-start.sh ${dist.version})`);
  figure('startup/stock-with-format', seconds.stockWithFormat, 's', '(kafka-storage.sh format before it)');
  figure('startup/java-vs-stock', [median(seconds.java) / median(seconds.stock)], 'ratio', '<=0.4');
  const withFormat = median(seconds.java) / median(seconds.stockWithFormat);
  figure('startup/java-vs-stock-with-format', [withFormat], 'ratio', '');
}
