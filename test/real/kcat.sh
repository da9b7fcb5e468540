#!/usr/bin/env bash
# Brings kcat where it is missing: an independent Kafka client (librdkafka) to compare ours with. Prints its path.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

has kcat || apt_install 'an independent Kafka client' kcat
command -v kcat
