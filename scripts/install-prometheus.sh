#!/usr/bin/env bash
# Unpacks Debian's Prometheus into .build-prometheus. Installed, it would run as a service.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.build-prometheus
[ -x "$folder/usr/bin/promtool" ] && exit 0

packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
# apt downloads as a user of its own, which must be allowed to write here.
chmod 755 "$packages"
download() { (cd "$packages" && apt-get --quiet=2 -o APT::Sandbox::User=root download prometheus); }
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
# Package lists may be missing or outdated.
download 2>/dev/null || { "${as_root[@]}" apt-get update --quiet=2 && download; }
rm -rf "$folder"
for package in "$packages"/*.deb; do dpkg-deb --extract "$package" "$folder"; done
