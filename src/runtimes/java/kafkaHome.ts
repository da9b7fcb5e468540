import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { KafkaManagerError } from '../../contract/errors';

/** A folder that holds Apache Kafka, laid out like its release archive. */
export interface KafkaHome {
  readonly home: string;
  /** Version of the broker: "4.3.1". */
  readonly version: string;
  readonly major: number;
  /** Absolute paths of all jars of `libs`, sorted: the class path. */
  readonly jars: readonly string[];
}

const brokerJar = /^kafka_2\.\d+-(\d+)\.(\d+)\.(\d+\S*?)\.jar$/;
const notTheBroker = /-(sources|javadoc|test|scaladoc|test-sources)\.jar$/;

/**
 * Reads which Kafka a folder holds.
 * @throws RUNTIME_UNAVAILABLE where it holds none, or one that can't run without ZooKeeper (before 3.3, KIP-833)
 */
export async function readKafkaHome(folder: string): Promise<KafkaHome> {
  const home = path.resolve(folder);
  const fail = (why: string, cause?: unknown): KafkaManagerError =>
    new KafkaManagerError('RUNTIME_UNAVAILABLE', `${home} does not hold a usable Apache Kafka: ${why}.`, {
      remedy:
        'Name the unpacked folder of a Kafka release (the one with bin, config and libs in it), or leave the setting empty to have Kafka downloaded.',
      ...(cause === undefined ? {} : { cause }),
    });
  let names: string[];
  try {
    names = await readdir(path.join(home, 'libs'));
  } catch (error) {
    throw fail('its folder libs can not be read', error);
  }
  const jars = names.filter((name) => name.endsWith('.jar') && !notTheBroker.test(name)).sort();
  const broker = jars.map((name) => brokerJar.exec(name)).find((match) => match !== null);
  if (!broker) throw fail('there is no kafka_2.13-*.jar in libs');
  const [, major, minor, patch] = broker;
  const version = `${major!}.${minor!}.${patch!}`;
  if (!jars.includes(`kafka-clients-${version}.jar`)) throw fail(`libs has no kafka-clients-${version}.jar`);
  if (Number(major) < 3 || (Number(major) === 3 && Number(minor) < 3)) {
    throw fail(`version ${version} still needs ZooKeeper; 3.3 or later is needed`);
  }
  return { home, version, major: Number(major), jars: jars.map((name) => path.join(home, 'libs', name)) };
}
