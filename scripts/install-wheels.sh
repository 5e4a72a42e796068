#!/usr/bin/env bash
# Puts what the requirements on standard input name, with their hashes, into FOLDER, unless its VERSION is there already.
# Where PyPI cannot be reached, the tests that use it are skipped and say so.
set -euo pipefail
folder=$1
version=$2
[ -f "$folder/$version" ] && exit 0

requirements=$(mktemp)
trap 'rm -f "$requirements"' EXIT
cat >"$requirements"
rm -rf "$folder"
# Debian's own Python, whatever else the machine has.
if /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps \
  --only-binary :all: --require-hashes --target "$folder" --requirement "$requirements"; then
  touch "$folder/$version"
else
  echo "install-wheels: $folder could not be filled; the tests that need it will be skipped" >&2
fi
