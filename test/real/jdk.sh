#!/usr/bin/env bash
# Brings a JDK (JAVA_MIN or newer) where none is found. Prints its home.
# For: Apache Kafka's brokers and tools, and javac for our own small Java programs.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# home_of JAVA: the home of that java, if it is a JDK that is new enough.
home_of() {
  local properties home major
  properties=$("$1" -XshowSettings:properties -version 2>&1) || return 1
  home=$(sed -n 's/^ *java\.home = //p' <<<"$properties")
  major=$(sed -n 's/^ *java\.specification\.version = //p' <<<"$properties")
  major=${major#1.}
  [ -x "$home/bin/javac" ] && [ "$major" -ge "$JAVA_MIN" ] && printf '%s\n' "$home"
}

find_jdk() {
  local java
  for java in "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java || true)"; do
    if [ -n "$java" ] && [ -x "$java" ] && home_of "$java"; then return 0; fi
  done
  # An older JDK may keep its place on PATH after a newer one was installed: ask the packages.
  has dpkg-query || return 1
  local package
  for package in $(dpkg-query -W -f '${binary:Package}\n' 'openjdk-*-jre-headless' 2>/dev/null || true); do
    java=$(dpkg-query -L "$package" 2>/dev/null | grep -m 1 '/bin/java$' || true)
    if [ -n "$java" ] && [ -x "$java" ] && home_of "$java"; then return 0; fi
  done
  return 1
}

# Releases differ in which one they have; the first of these that this one knows is taken.
install_jdk() {
  local package
  require_root
  with_lock apt apt_update
  for package in openjdk-17-jdk-headless openjdk-21-jdk-headless default-jdk-headless; do
    if [ -n "$(apt-cache madison "$package" 2>/dev/null)" ]; then
      apt_install "a JDK >= $JAVA_MIN, to run Kafka" "$package"
      return
    fi
  done
  fail "apt knows no openjdk-17, openjdk-21 or default JDK: install a JDK >= $JAVA_MIN by hand and set JAVA_HOME"
}

if ! find_jdk; then
  has apt-get || fail "no JDK >= $JAVA_MIN (JAVA_HOME, PATH) and no apt-get: install one by hand and set JAVA_HOME"
  install_jdk
  find_jdk || fail "no JDK >= $JAVA_MIN found even after installing one: set JAVA_HOME"
fi
