# shellcheck shell=bash
# What the scripts of this folder share. Source it; it does nothing by itself.
#
# Rules for a script here: messages go to stderr, one readable line each; stdout carries the result alone
# (a path), so that the test harness can read it. Running it again, or twice at once, is harmless.

set -euo pipefail
shopt -s inherit_errexit 2>/dev/null || true # bash >= 4.4; without it $(...) would swallow failures

real_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache_root=${LKM_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/local-kafka-manager-tests}
# shellcheck source-path=SCRIPTDIR source=versions.env
source "$real_dir/versions.env"

say() { printf 'test/real: %s\n' "$*" >&2; }

fail() {
  printf 'test/real: FAILED: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# hash_of TEXT...: a short key of what makes a cached thing, so that a change of the recipe makes a new one.
hash_of() {
  if has sha256sum; then printf '%s\n' "$@" | sha256sum | cut -c1-12; else printf '%s\n' "$@" | shasum -a 256 | cut -c1-12; fi
}

# quietly COMMAND...: its output is shown only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    say "'$*' ended with status $status; its last lines:"
    tail -n 30 "$log" >&2
  fi
  rm -f "$log"
  return "$status"
}

# with_lock NAME COMMAND...: one at a time across processes. The kernel drops the lock when a holder dies.
with_lock() {
  # bash's locals are seen by what is called from here: this name must be nobody else's.
  local lock_file=$cache_root/locks/$1
  shift
  has flock || fail "the tool 'flock' is missing (Debian: util-linux, Homebrew: flock); install it by hand"
  mkdir -p "$cache_root/locks"
  (
    flock -w 1200 9 || fail "waited 20 minutes for another run that holds $lock_file"
    "$@" 9>&-
  ) 9>"$lock_file"
}

require_root() {
  [ "$(id -u)" -eq 0 ] || has sudo || fail "installing packages needs root, and there is no sudo: run this once as root"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}

# DPkg::Lock::Timeout does not cover the lock of the package lists: another program's update is waited for here.
apt_update() {
  local log deadline=$((SECONDS + 300))
  log=$(mktemp)
  until apt update >"$log" 2>&1; do
    if ! grep -q 'lists/lock' "$log" || [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 30 "$log" >&2
      rm -f "$log"
      fail 'apt-get update failed (see above)'
    fi
    sleep 1
  done
  rm -f "$log"
}

install_packages() {
  apt_update
  quietly apt install -y --no-install-recommends "$@" || fail "apt could not install $*"
}

# apt_install WHY PACKAGE...: on a system without apt, says what a person must install instead.
apt_install() {
  local why=$1
  shift
  has apt-get || fail "no $* ($why), and this system has no apt-get: install it by hand, put it on PATH and run again"
  require_root
  say "installing $* with apt ($why)"
  with_lock apt install_packages "$@"
}
