import { pathToFileURL } from 'node:url';

/** A logging configuration: what the file is called, its text, and the JVM option that names it. */
export interface LoggingConfig {
  readonly name: string;
  readonly text: string;
  readonly option: (file: string) => string;
}

/** These print the whole configuration, some 600 lines, at every start. */
const quiet = ['org.apache.kafka.common.config.AbstractConfig', 'kafka.server.KafkaConfig'];

/**
 * Where the broker logs: to standard output only, which the supervisor keeps and rotates. The release's own
 * configuration would write files besides. Kafka 4 logs with Log4j 2 (KIP-653), 3.x with reload4j.
 */
export function loggingConfig(kafkaMajor: number): LoggingConfig {
  const pattern = '[%d] %p %m (%c)%n';
  if (kafkaMajor >= 4) {
    return {
      name: 'log4j2.properties',
      text: [
        'appender.out.type=Console',
        'appender.out.name=OUT',
        'appender.out.layout.type=PatternLayout',
        `appender.out.layout.pattern=${pattern}`,
        'rootLogger.level=INFO',
        'rootLogger.appenderRef.out.ref=OUT',
        ...quiet.flatMap((name, i) => [`logger.quiet${i}.name=${name}`, `logger.quiet${i}.level=WARN`]),
        '',
      ].join('\n'),
      option: (file) => `-Dlog4j2.configurationFile=${pathToFileURL(file).href}`,
    };
  }
  return {
    name: 'log4j.properties',
    text: [
      'log4j.rootLogger=INFO, out',
      'log4j.appender.out=org.apache.log4j.ConsoleAppender',
      'log4j.appender.out.layout=org.apache.log4j.PatternLayout',
      `log4j.appender.out.layout.ConversionPattern=${pattern}`,
      ...quiet.map((name) => `log4j.logger.${name}=WARN`),
      '',
    ].join('\n'),
    option: (file) => `-Dlog4j.configuration=${pathToFileURL(file).href}`,
  };
}
