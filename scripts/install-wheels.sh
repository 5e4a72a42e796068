#!/usr/bin/env bash
# install-wheels.sh FOLDER VERSION: installs the requirements on standard input, which have hashes, into FOLDER, unless it
# already has VERSION. Without PyPI, tests that use it are skipped with a message.
set -euo pipefail
folder=$1
version=$2
[ -f "$folder/$version" ] && exit 0

requirements=$(mktemp)
trap 'rm -f "$requirements"' EXIT
cat >"$requirements"
rm -rf "$folder"
# Debian's Python, even if others are installed.
if /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps \
  --only-binary :all: --require-hashes --target "$folder" --requirement "$requirements"; then
  touch "$folder/$version"
else
  echo "install-wheels: installation into $folder failed; tests that need it will be skipped" >&2
fi
