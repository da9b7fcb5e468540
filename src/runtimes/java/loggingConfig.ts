import { pathToFileURL } from 'node:url';

/** A logging configuration: what the file is called, its text, and the JVM option that names it. */
export interface LoggingConfig {
  readonly name: string;
  readonly text: string;
  readonly option: (file: string) => string;
}

/**
 * What tells how the broker is doing, at INFO; all else only warns. A start at INFO prints 400 lines, which cost a fifth
 * of its time.
 */
const told = [
  'kafka.server.KafkaRaftServer',
  'kafka.server.BrokerServer',
  'kafka.network.DataPlaneAcceptor',
  'kafka.log.LogManager',
  'org.apache.kafka.controller.ReplicationControlManager',
  'org.apache.kafka.common.utils.AppInfoParser',
  'org.apache.kafka.common.utils.LoggingSignalHandler',
];

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
        'rootLogger.level=WARN',
        'rootLogger.appenderRef.out.ref=OUT',
        ...told.flatMap((name, i) => [`logger.told${i}.name=${name}`, `logger.told${i}.level=INFO`]),
        '',
      ].join('\n'),
      option: (file) => `-Dlog4j2.configurationFile=${pathToFileURL(file).href}`,
    };
  }
  return {
    name: 'log4j.properties',
    text: [
      'log4j.rootLogger=WARN, out',
      'log4j.appender.out=org.apache.log4j.ConsoleAppender',
      'log4j.appender.out.layout=org.apache.log4j.PatternLayout',
      `log4j.appender.out.layout.ConversionPattern=${pattern}`,
      ...told.map((name) => `log4j.logger.${name}=INFO`),
      '',
    ].join('\n'),
    option: (file) => `-Dlog4j.configuration=${pathToFileURL(file).href}`,
  };
}
