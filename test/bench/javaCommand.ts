import path from 'node:path';
import type { KafkaDist } from '../support/real/kafkaDist';

/** The command line of a Java tool of Kafka, with the flags that Kafka's own scripts give it, without their shells. */
export function javaCommand(
  { java, home, libs }: KafkaDist,
  mainClass: string,
  args: readonly string[],
): string[] {
  const flags = ['-Xmx512M', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-Djava.awt.headless=true'];
  const logging = `-Dlog4j2.configurationFile=${path.join(home, 'config', 'tools-log4j2.yaml')}`;
  return [java, ...flags, logging, '-cp', path.join(libs, '*'), mainClass, ...args];
}
