#!/usr/bin/env bash
# Brings exactly Go GO_VERSION, which builds the embedded broker. Prints the path of its go.
#
# A Go of another version fetches it as the module golang.org/toolchain, as GOTOOLCHAIN would. That is done by
# hand here because a Go before 1.21 (Debian 12 has 1.19) does not know GOTOOLCHAIN.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

key=$(hash_of "$(cat "${BASH_SOURCE[0]}")" "$GO_VERSION")
home=$cache_root/go-$GO_VERSION-$key

is_wanted() { [ "$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null)" = "go$GO_VERSION" ]; }

make_go() {
  [ -x "$home/bin/go" ] && return
  local fetched version
  has go || has apt-get || fail "no Go and no apt-get: install Go $GO_VERSION by hand, put it on PATH and run again"
  has go || apt_install "to fetch Go $GO_VERSION with" golang-go ca-certificates
  version=v0.0.1-go$GO_VERSION.$(go env GOOS)-$(go env GOARCH)
  say "fetching Go $GO_VERSION as the module golang.org/toolchain@$version with $(go env GOVERSION)"
  mkdir -p "$cache_root"
  module=$(mktemp -d "$cache_root/go-module.XXXXXX")
  trap 'rm -rf "$module"' EXIT # of the subshell that holds the lock
  (cd "$module" && GOTOOLCHAIN=local GOFLAGS=-modcacherw GO111MODULE=on go mod download -json "golang.org/toolchain@$version" >answer.json) ||
    fail "could not fetch golang.org/toolchain@$version: $(cat "$module/answer.json")"
  fetched=$(sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p' "$module/answer.json")
  cp -R "$fetched" "$module/go"
  # A module's files lose their execute bit; these are the programs.
  chmod -R u+w "$module/go"
  chmod +x "$module"/go/bin/* "$module"/go/pkg/tool/*/*
  mv "$module/go" "$home"
}

if has go && is_wanted go; then
  command -v go
  exit
fi
[ -x "$home/bin/go" ] || with_lock go make_go
is_wanted "$home/bin/go" || fail "$home/bin/go is not Go $GO_VERSION; remove that folder and run again"
printf '%s\n' "$home/bin/go"
