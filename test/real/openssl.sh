#!/usr/bin/env bash
# Brings openssl where it is missing: it makes the certificates of the secured brokers. Prints its path.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

has openssl || apt_install 'for test certificates' openssl
command -v openssl
