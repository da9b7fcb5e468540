import type { RunOptions, RunResult } from './children';
import { runJava } from './javaPrograms';
import type { JavaTarget } from './javaRecords';

const TOOLS = 'org.apache.kafka.tools';

/** Kafka's command-line tools by the name of their script; a class that moved has one name per line of Kafka. */
const CLASSES = {
  'kafka-topics': `${TOOLS}.TopicCommand`,
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-get-offsets': `${TOOLS}.GetOffsetShell`,
  'kafka-consumer-groups': `${TOOLS}.consumer.group.ConsumerGroupCommand`,
  'kafka-delete-records': `${TOOLS}.DeleteRecordsCommand`,
  'kafka-transactions': `${TOOLS}.TransactionsCommand`,
  'kafka-leader-election': `${TOOLS}.LeaderElectionCommand`,
  'kafka-reassign-partitions': `${TOOLS}.reassign.ReassignPartitionsCommand`,
  'kafka-producer-perf-test': `${TOOLS}.ProducerPerformance`,
  'kafka-console-consumer': `${TOOLS}.consumer.ConsoleConsumer`,
  'kafka-console-producer': { '4': `${TOOLS}.ConsoleProducer`, '3.9': 'kafka.tools.ConsoleProducer' },
  'kafka-acls': { '4': `${TOOLS}.AclCommand`, '3.9': 'kafka.admin.AclCommand' },
  'kafka-dump-log': { '4': `${TOOLS}.DumpLogSegments`, '3.9': 'kafka.tools.DumpLogSegments' },
  'kafka-groups': { '4': `${TOOLS}.GroupsCommand` },
  'kafka-share-groups': { '4': `${TOOLS}.consumer.group.ShareGroupCommand` },
  'kafka-console-share-consumer': { '4': `${TOOLS}.consumer.ConsoleShareConsumer` },
} as const satisfies Record<string, string | { readonly '4'?: string; readonly '3.9'?: string }>;

/** A command-line tool of Kafka. */
export type KafkaTool = keyof typeof CLASSES;

/** The class of a tool in that Kafka; long-running tools are started with it through spawnTracked. */
export function toolClass(tool: KafkaTool, line: '4' | '3.9'): string {
  const entry: string | { readonly '4'?: string; readonly '3.9'?: string } = CLASSES[tool];
  const name = typeof entry === 'string' ? entry : entry[line];
  if (name === undefined) throw new Error(`Kafka ${line} has no ${tool}`);
  return name;
}

/** Runs a tool of Kafka on a broker: its class, with exactly these arguments after --bootstrap-server. */
export async function kafkaTool(
  target: JavaTarget,
  tool: KafkaTool,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { dist, bootstrap } = target;
  return runJava(dist, toolClass(tool, dist.line), ['--bootstrap-server', bootstrap, ...args], options);
}

/** Creates a topic with kafka-topics. */
export async function createTopic(
  target: JavaTarget,
  topic: string,
  options: { readonly partitions?: number; readonly config?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const config = Object.entries(options.config ?? {}).flatMap(([name, value]) => [
    '--config',
    `${name}=${value}`,
  ]);
  const partitions = ['--partitions', String(options.partitions ?? 1)];
  await kafkaTool(target, 'kafka-topics', ['--create', '--topic', topic, ...partitions, ...config]);
}

/** The end offset of each partition, by kafka-get-offsets. */
export async function endOffsets(target: JavaTarget, topic: string): Promise<Map<number, number>> {
  const { stdout } = await kafkaTool(target, 'kafka-get-offsets', ['--topic', topic]);
  const rows = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  return new Map(rows.map((row) => [Number(row.at(-2)), Number(row.at(-1))]));
}

/** Sends lines with the console producer; properties are its reader's, such as `parse.headers` or `null.marker`. */
export async function consoleProduce(
  target: JavaTarget,
  topic: string,
  lines: readonly string[],
  properties: Readonly<Record<string, string>> = {},
): Promise<void> {
  const flag = target.dist.line === '4' ? '--reader-property' : '--property';
  const stdin = lines.map((line) => `${line}\n`).join('');
  await kafkaTool(target, 'kafka-console-producer', ['--topic', topic, ...flagged(flag, properties)], {
    stdin,
  });
}

/**
 * Reads that many records with the console consumer and answers what it prints; properties are its formatter's, such
 * as `print.headers`. For exact bytes use javaDump.
 */
export async function consoleConsume(
  target: JavaTarget,
  topic: string,
  count: number,
  properties: Readonly<Record<string, string>> = {},
): Promise<string> {
  const flag = target.dist.line === '4' ? '--formatter-property' : '--property';
  const range = [
    '--topic',
    topic,
    '--from-beginning',
    '--max-messages',
    String(count),
    '--timeout-ms',
    '30000',
  ];
  const { stdout } = await kafkaTool(target, 'kafka-console-consumer', [
    ...range,
    ...flagged(flag, properties),
  ]);
  return stdout.toString();
}

function flagged(flag: string, properties: Readonly<Record<string, string>>): string[] {
  return Object.entries(properties).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}
