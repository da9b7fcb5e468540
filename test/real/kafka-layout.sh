#!/usr/bin/env bash
# usage: kafka-layout.sh HOME 4|3.9
# Writes bin/ and config/ of a Kafka distribution whose libs/ is there. Called by kafka.sh.
set -euo pipefail
home=$1
line=$2
mkdir -p "$home/bin" "$home/config" "$home/logs"

log4j1() { # LEVEL TARGET
  printf '%s\n' "log4j.rootLogger=$1, out" log4j.appender.out=org.apache.log4j.ConsoleAppender \
    "log4j.appender.out.Target=$2" log4j.appender.out.layout=org.apache.log4j.PatternLayout \
    'log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n'
}

log4j2() { # LEVEL TARGET
  cat <<YAML
Configuration:
  Appenders:
    Console:
      name: OUT
      target: $2
      PatternLayout:
        pattern: "[%d] %p %m (%c)%n"
  Loggers:
    Root:
      level: $1
      AppenderRef:
        - ref: OUT
YAML
}

server_properties() {
  cat <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:9093
listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
advertised.listeners=PLAINTEXT://localhost:9092
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
log.dirs=/tmp/kraft-combined-logs
num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
PROPERTIES
}

# shellcheck disable=SC2016 # $home expands in the written scripts
if [ "$line" = 4 ]; then
  log4j2 INFO SYSTEM_OUT >"$home/config/log4j2.yaml"
  log4j2 WARN SYSTEM_ERR >"$home/config/tools-log4j2.yaml"
  server_log='-Dlog4j2.configurationFile=$home/config/log4j2.yaml'
  tools_log='-Dlog4j2.configurationFile=$home/config/tools-log4j2.yaml'
  server_properties >"$home/config/server.properties"
else
  log4j1 INFO System.out >"$home/config/log4j.properties"
  log4j1 WARN System.err >"$home/config/tools-log4j.properties"
  server_log='-Dlog4j.configuration=file:$home/config/log4j.properties'
  tools_log='-Dlog4j.configuration=file:$home/config/tools-log4j.properties'
  mkdir -p "$home/config/kraft"
  server_properties >"$home/config/kraft/server.properties"
fi

cat >"$home/bin/kafka-run-class.sh" <<BASH
#!/usr/bin/env bash
home=\$(cd "\$(dirname "\${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2086 # the option variables hold lists of words, as in Kafka's own script
exec "\${JAVA_HOME:+\$JAVA_HOME/bin/}java" \${KAFKA_HEAP_OPTS:--Xmx256M} \${KAFKA_JVM_PERFORMANCE_OPTS:-} \${KAFKA_JMX_OPTS:-} \\
  "-Dkafka.logs.dir=\${LOG_DIR:-\$home/logs}" "\${KAFKA_LOG4J_OPTS:-$tools_log}" \${KAFKA_OPTS:-} -cp "\$home/libs/*\${CLASSPATH:+:\$CLASSPATH}" "\$@"
BASH
cat >"$home/bin/kafka-server-start.sh" <<BASH
#!/usr/bin/env bash
home=\$(cd "\$(dirname "\${BASH_SOURCE[0]}")/.." && pwd)
export KAFKA_LOG4J_OPTS=\${KAFKA_LOG4J_OPTS:-$server_log} KAFKA_HEAP_OPTS=\${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G}
exec "\$home/bin/kafka-run-class.sh" kafka.Kafka "\$@"
BASH

tool() { # NAME CLASS
  # shellcheck disable=SC2016 # expands in the written script
  printf '#!/usr/bin/env bash\nexec "$(dirname "${BASH_SOURCE[0]}")/kafka-run-class.sh" %s "$@"\n' "$2" >"$home/bin/$1.sh"
}

tools=org.apache.kafka.tools
tool kafka-storage kafka.tools.StorageTool
tool kafka-configs kafka.admin.ConfigCommand
tool kafka-topics $tools.TopicCommand
tool kafka-console-consumer $tools.consumer.ConsoleConsumer
tool kafka-consumer-groups $tools.consumer.group.ConsumerGroupCommand
tool kafka-get-offsets $tools.GetOffsetShell
tool kafka-features $tools.FeatureCommand
tool kafka-metadata-quorum $tools.MetadataQuorumCommand
tool kafka-transactions $tools.TransactionsCommand
tool kafka-delete-records $tools.DeleteRecordsCommand
tool kafka-log-dirs $tools.LogDirsCommand
tool kafka-cluster $tools.ClusterTool
tool kafka-producer-perf-test $tools.ProducerPerformance
tool kafka-consumer-perf-test $tools.ConsumerPerformance
if [ "$line" = 4 ]; then
  tool kafka-console-producer $tools.ConsoleProducer
  tool kafka-acls $tools.AclCommand
  tool kafka-dump-log $tools.DumpLogSegments
  tool kafka-broker-api-versions $tools.BrokerApiVersionsCommand
  tool kafka-groups $tools.GroupsCommand
  tool kafka-share-groups $tools.consumer.group.ShareGroupCommand
  tool kafka-console-share-consumer $tools.consumer.ConsoleShareConsumer
else
  tool kafka-console-producer kafka.tools.ConsoleProducer
  tool kafka-acls kafka.admin.AclCommand
  tool kafka-dump-log kafka.tools.DumpLogSegments
  tool kafka-broker-api-versions kafka.admin.BrokerApiVersionsCommand
fi
chmod +x "$home"/bin/*.sh
