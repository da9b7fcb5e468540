#!/usr/bin/env bash
# Brings Maven where it is missing: the ordinary client of Maven Central. Prints the path of mvn.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

has mvn || apt_install "to fetch Kafka's jars" maven
command -v mvn
