import { KafkaManagerError } from '../../contract/errors';

/** What server.properties is made of. */
export interface ServerPropertiesInput {
  readonly dataDir: string;
  /** Loopback address of both listeners. */
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
  /** The user's entries; they win, but for those that say who listens where, which are refused. */
  readonly overrides?: Readonly<Record<string, string>> | undefined;
}

/**
 * Entries that decide who listens where, who the node is, and where its data lies. They are ours alone: brokers listen on
 * loopback only (SECURITY S3), and a reset has to know what belongs to the profile.
 */
const oursAlone =
  /^(listeners|advertised\.listeners|early\.start\.listeners|listener\.security\.protocol\.map|inter\.broker\.listener\.name|security\.inter\.broker\.protocol|control\.plane\.listener\.name|controller\..*|process\.roles|node\.id|broker\.id|log\.dirs?|metadata\.log\.dir)$/;

/** The node's id in clusters of our making. */
export const nodeId = '1';

/**
 * Entries of server.properties of a single KRaft node (broker and controller in one JVM) on loopback addresses only.
 * Sized for one developer: start time, memory and idle load matter, throughput of many clients does not.
 * @throws VALIDATION_ERROR when the data folder's path can not be told to Kafka, or an entry is not the user's to set
 */
export function serverProperties(input: ServerPropertiesInput): ReadonlyMap<string, string> {
  const { dataDir, host, port, controllerPort } = input;
  const refused = Object.keys(input.overrides ?? {}).find((key) => oursAlone.test(key.trim()));
  if (refused !== undefined) {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      `The entry ${refused} of the profile's properties can not be set: local brokers listen on loopback only, and their ports and folders are chosen for them.`,
      {
        remedy:
          "Take it out of the profile's properties; its port and data directory have settings of their own.",
      },
    );
  }
  if (dataDir.includes(',')) {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      `Kafka can not use the data directory ${dataDir}: it takes the comma in the path for a separator.`,
      { remedy: 'Choose a data directory without a comma in its path.' },
    );
  }
  const ours: Readonly<Record<string, string>> = {
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    // Static voters: the formatted folder then names no port, so that the controller's port is free to change.
    'controller.quorum.voters': `${nodeId}@${host}:${controllerPort}`,
    listeners: `PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    'log.dirs': dataDir,
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    // 128 MiB by default, touched at once: most of a small broker's memory.
    'log.cleaner.dedupe.buffer.size': '4194304',
    'num.network.threads': '1',
    'num.io.threads': '2',
    'background.threads': '2',
    'metadata.max.idle.interval.ms': '5000',
    // Each change of metadata would wait 25 ms for company: a start makes five of them, creating a topic two.
    'controller.quorum.append.linger.ms': '0',
    // A killed broker may register again only when its old session has run out: 9 s by default.
    'broker.session.timeout.ms': '1000',
    'broker.heartbeat.interval.ms': '250',
  };
  return new Map(Object.entries({ ...ours, ...input.overrides }));
}
