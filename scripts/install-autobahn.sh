#!/usr/bin/env bash
# Puts Autobahn's test suite for WebSockets into .build-autobahn, run by kosoku: its own runner needs Python 2.
# Where PyPI cannot be reached, the test that uses it is skipped and says so.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.build-autobahn
version=0.1.0
[ -f "$folder/$version" ] && exit 0

requirements=$(mktemp)
trap 'rm -f "$requirements"' EXIT
# The wheels for x86-64 and ARM.
cat >"$requirements" <<END
kosoku==$version \
  --hash=sha256:a9b34e593defe29d931e346c88947b58a015495f09dd13643e4cc952c75602ac \
  --hash=sha256:911610fc6d21e9d8b5b53936ea134b2b4ab58cd6252e9ad7c7f69c540a028027
END
rm -rf "$folder"
# Debian's own Python, whatever else the machine has.
if /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --only-binary :all: --require-hashes \
  --target "$folder" --requirement "$requirements"; then
  touch "$folder/$version"
else
  echo "install-autobahn: the WebSocket conformance tests will be skipped" >&2
fi
