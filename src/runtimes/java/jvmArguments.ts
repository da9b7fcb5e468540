import path from 'node:path';
import type { KafkaHome } from './kafkaHome';

/** Keeps what the JVM itself says (class-data archives, crashes) off standard output. */
const quietJvm = ['-Xlog:disable', '-Xlog:all=error:stderr'];

/**
 * Flags of the broker's JVM, for start time and memory: the first compiler alone halves the start (no code of a
 * developer's broker runs long enough to repay the second one), a serial collector has no threads of its own.
 */
export const brokerFlags: readonly string[] = [
  // First: it makes a JVM that lacks one of the others ignore it instead of ending.
  '-XX:+IgnoreUnrecognizedVMOptions',
  '-Xms64m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-XX:-CreateCoredumpOnCrash',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.awt.headless=true',
  ...quietJvm,
];

export interface BrokerArgumentsInput {
  readonly kafka: KafkaHome;
  readonly profileDir: string;
  /** JVM option that names the logging configuration. */
  readonly logging: string;
  readonly propertiesFile: string;
  /** Class-data archive to use. */
  readonly archive?: string | undefined;
  /** File that gets the list of all classes that this JVM loads. */
  readonly recordClassesTo?: string | undefined;
}

/** Arguments of `java` for the broker. */
export function brokerArguments(input: BrokerArgumentsInput): string[] {
  const { archive, recordClassesTo } = input;
  return [
    ...brokerFlags,
    `-XX:ErrorFile=${path.join(input.profileDir, 'jvm-crash.log')}`,
    // A checksum of the archive's pages costs some 25 ms, a damaged page the JVM (SIGSEGV). auto: never insist on it.
    ...(archive === undefined
      ? []
      : ['-Xshare:auto', '-XX:+VerifySharedSpaces', `-XX:SharedArchiveFile=${archive}`]),
    ...(recordClassesTo === undefined ? [] : [`-XX:DumpLoadedClassList=${recordClassesTo}`]),
    `-Dkafka.logs.dir=${input.profileDir}`,
    input.logging,
    '-cp',
    input.kafka.jars.join(path.delimiter),
    'kafka.Kafka',
    input.propertiesFile,
  ];
}

/** Arguments of `java` for Kafka's StorageTool. */
export function formatArguments(
  kafka: KafkaHome,
  logging: string,
  clusterId: string,
  propertiesFile: string,
): string[] {
  return [
    ...brokerFlags,
    logging,
    '-cp',
    kafka.jars.join(path.delimiter),
    ...['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesFile],
  ];
}

/** Arguments of `java` that make a class-data archive of the classes in a list; no class of them is run. */
export function dumpArguments(kafka: KafkaHome, classList: string, archive: string): string[] {
  return [
    '-XX:+IgnoreUnrecognizedVMOptions',
    '-Xshare:dump',
    `-XX:SharedClassListFile=${classList}`,
    `-XX:SharedArchiveFile=${archive}`,
    // Only this collector can put objects into the archive; every one can read them.
    '-XX:+UseG1GC',
    '-XX:-UsePerfData',
    ...quietJvm,
    '-cp',
    kafka.jars.join(path.delimiter),
  ];
}
