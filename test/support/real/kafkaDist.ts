import { basename, dirname, join } from 'node:path';
import { realPart } from './realPart';

/** The lines of Apache Kafka that are tested; test/real/versions.env pins the exact versions. */
export type KafkaLine = '4' | '3.9';

/** Both lines, for suites that run on each. */
export const KAFKA_LINES: readonly KafkaLine[] = ['4', '3.9'];

/** An Apache Kafka distribution on this machine. */
export interface KafkaDist {
  readonly line: KafkaLine;
  /** Such as 4.3.1. */
  readonly version: string;
  /** A folder laid out like the unpacked release archive, and named like it. */
  readonly home: string;
  readonly libs: string;
  /** A storage directory that its StorageTool formatted; names no port. */
  readonly formatted: string;
  readonly javaHome: string;
  readonly java: string;
}

const found = new Map<KafkaLine, Promise<KafkaDist>>();

/** A real Apache Kafka; fetched at first use (about 8 s), found in the cache later. */
export function realKafka(line: KafkaLine): Promise<KafkaDist> {
  let dist = found.get(line);
  if (!dist) {
    dist = bring(line);
    found.set(line, dist);
  }
  return dist;
}

async function bring(line: KafkaLine): Promise<KafkaDist> {
  const home = await realPart('kafka.sh', line);
  const javaHome = await realPart('jdk.sh');
  return {
    line,
    version: basename(home).replace(/^kafka_[^-]+-/, ''),
    home,
    libs: join(home, 'libs'),
    formatted: join(dirname(home), 'formatted'),
    javaHome,
    java: join(javaHome, 'bin', 'java'),
  };
}
