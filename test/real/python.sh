#!/usr/bin/env bash
# Brings a Python that can make virtual environments with pip in them, for the contract run; Debian keeps what that
# needs in a package of its own. Prints the path of python3.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

can_make_venv() { python3 -c 'import venv, ensurepip' >/dev/null 2>&1; }

can_make_venv || apt_install 'for the contract run of the REST API' python3 python3-venv
can_make_venv || fail 'python3 still has no venv and ensurepip modules: install them by hand'
command -v python3
