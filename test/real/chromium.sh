#!/usr/bin/env bash
# Brings a Chromium where none is found: VS Code's window in the tests. Prints the path of its program.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

find_chromium() {
  local name
  if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || fail "CHROMIUM is set to $CHROMIUM, which is no program"
    printf '%s\n' "$CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name"; then return; fi
  done
  return 1
}

if ! find_chromium; then
  apt_install "the browser that shows VS Code's window in the tests" chromium
  find_chromium || fail 'no chromium on PATH even after installing it'
fi
