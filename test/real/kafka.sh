#!/usr/bin/env bash
# usage: kafka.sh 4|3.9
# Lays out Apache Kafka (the pinned version of that line) like its release archive, from the jars on Maven Central:
# libs/, config/ and bin/. Prints its home.
#
# bin/ and config/ are in no jar, so thin ones of our own are written. Beside the home lies formatted/, a storage
# directory that Kafka's own StorageTool formatted: a test copies it instead of paying 2 s of JVM per broker.
# Connect is left out: half of the jars, and only kafka-tools' ConnectPluginPath would need it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
  4) version=$KAFKA_4 ;;
  3.9) version=$KAFKA_3_9 ;;
  *) fail "usage: kafka.sh 4|3.9 (got '${1:-}')" ;;
esac
line=$1
java_home=$("$real_dir/jdk.sh")
key=$(hash_of "$(cat "${BASH_SOURCE[0]}" "$real_dir/kafka-layout.sh")" "$version" "$KAFKA_SCALA" "$KAFKA_4_LOG4J" "$MAVEN_DEPENDENCY_PLUGIN")
made=$cache_root/kafka-$version-$key
name=kafka_$KAFKA_SCALA-$version

dependency() {
  printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>%s</dependency>\n' "$1" "$2" "$3" "${4:-}"
}

exclusion() { printf '<exclusion><groupId>%s</groupId><artifactId>%s</artifactId></exclusion>' "$1" "$2"; }

pom() {
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>local</groupId><artifactId>kafka-for-tests</artifactId><version>1</version><packaging>pom</packaging>'
  echo '<dependencies>'
  dependency org.apache.kafka "kafka_$KAFKA_SCALA" "$version"
  dependency org.apache.kafka kafka-tools "$version" "<exclusions>$(
    exclusion org.apache.kafka connect-runtime
    exclusion com.fasterxml.jackson.jakarta.rs '*'
    exclusion com.fasterxml.jackson.jaxrs '*'
  )</exclusions>"
  if [ "$line" = 4 ]; then
    # 3.9 brings its log binding by itself. Kafka 4 uses slf4j-api 1.7, hence not log4j-slf4j2-impl.
    dependency org.apache.logging.log4j log4j-slf4j-impl "$KAFKA_4_LOG4J"
    dependency org.apache.logging.log4j log4j-1.2-api "$KAFKA_4_LOG4J"
  fi
  echo '</dependencies></project>'
}

# Static voters: the formatted directory then names no port and can be copied.
format_storage() {
  local config=$1/format.properties
  printf '%s\n' process.roles=broker,controller node.id=1 controller.quorum.voters=1@127.0.0.1:9093 \
    listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093 controller.listener.names=CONTROLLER \
    "log.dirs=$1/formatted" >"$config"
  quietly "$1/$name/bin/kafka-storage.sh" format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$config" ||
    fail "Kafka $version was fetched, but its StorageTool does not run"
  rm "$config"
}

make_kafka() {
  [ -d "$made" ] && return
  local mvn
  mvn=$("$real_dir/maven.sh")
  say "fetching Apache Kafka $version with Maven into $made"
  export JAVA_HOME=$java_home
  work=$(mktemp -d "$cache_root/kafka-$version.XXXXXX")
  trap 'rm -rf "$work"' EXIT # of the subshell that holds the lock
  mkdir -p "$work/$name/libs"
  pom >"$work/pom.xml"
  quietly "$mvn" -B -q -Dstyle.color=never --strict-checksums -f "$work/pom.xml" \
    "org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy-dependencies" \
    -DincludeScope=runtime "-DoutputDirectory=$work/$name/libs" || fail "Maven could not fetch Kafka $version (see above)"
  "$real_dir/kafka-layout.sh" "$work/$name" "$line"
  format_storage "$work"
  chmod 755 "$work"
  mv "$work" "$made" # in one step: whoever sees the folder sees all of it
}

[ -d "$made" ] || with_lock "kafka-$version" make_kafka
[ -x "$made/$name/bin/kafka-storage.sh" ] || fail "$made is damaged; remove that folder and run again"
printf '%s\n' "$made/$name"
