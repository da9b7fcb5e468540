import type { KafkaDist } from './kafkaDist';

/** A listener of a test broker besides PLAINTEXT, which every one has. */
export interface ExtraListener {
  /** Kafka's name for it, in capitals. */
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
}

/** JVM flags that halve a small broker's start: no class of it runs long enough to repay the second compiler. */
export const SMALL_JVM: readonly string[] = [
  '-Xms64m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
];

/** What makes a single node start and end quickly; partition counts of internal topics differ from the default. */
const SMALL_BROKER: Readonly<Record<string, string>> = {
  'num.partitions': '1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'num.network.threads': '1',
  'num.io.threads': '2',
  'background.threads': '2',
  'broker.heartbeat.interval.ms': '250',
  // A broker killed with SIGKILL may register again only after this; 9 s by default. Not shorter: a busy machine
  // would fence live brokers.
  'broker.session.timeout.ms': '3000',
};

const SHARE_GROUPS: Readonly<Record<string, string>> = {
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
};

/** The server.properties of a single node. `ports` has one for CONTROLLER, PLAINTEXT and each extra listener. */
export function brokerProperties(
  dist: KafkaDist,
  dataDir: string,
  ports: ReadonlyMap<string, number>,
  listeners: readonly ExtraListener[],
  extra: Readonly<Record<string, string>>,
): string {
  const address = (name: string) => `${name}://127.0.0.1:${ports.get(name)!}`;
  const clientNames = ['PLAINTEXT', ...listeners.map((listener) => listener.name)];
  const protocols = listeners.map((listener) => `${listener.name}:${listener.protocol}`);
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.get('CONTROLLER')!}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...clientNames, 'CONTROLLER'].map(address).join(','),
    'advertised.listeners': clientNames.map(address).join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': ['CONTROLLER:PLAINTEXT', 'PLAINTEXT:PLAINTEXT', ...protocols].join(','),
    'log.dirs': dataDir,
    ...SMALL_BROKER,
    ...(dist.line === '4' ? SHARE_GROUPS : {}),
    ...extra,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
}
