#!/usr/bin/env bash
# Installs the missing Debian packages of the given groups: build, bench, dist, image, instructions, test,
# test-package.
set -euo pipefail

declare -A groups=(
  [build]="ca-certificates libcurl4-openssl-dev libpq-dev libre2-dev libsimdjson-dev libsqlite3-dev libssl-dev libwslay-dev libyaml-dev pkg-config tzdata"
  [bench]="linux-perf python3-pip"
  [dist]="debhelper dpkg-dev man-db xz-utils"
  [image]="buildah mmdebstrap"
  [instructions]="binutils valgrind"
  [test]="chromium iproute2 openssl postgresql python3-jsonschema python3-pip python3-yaml"
  [test-package]="fish lintian python3-jsonschema python3-pip systemd zsh"
)

missing=()
for group in "$@"; do
  for package in ${groups[$group]}; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
  done
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install-packages: packages are missing; run as root or install sudo: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi

echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update --quiet=2
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >/dev/null
