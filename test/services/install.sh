#!/usr/bin/env bash
# What the tests need beside `npm ci`, from Debian's packages: an engine, a registry, two readers of images, Postgres.
set -euo pipefail

missing=()
need() { command -v "$1" > /dev/null || missing+=("$2"); }
need dockerd docker.io
need docker-registry docker-registry
need skopeo skopeo
need umoci umoci
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
