#!/usr/bin/env bash
# Installs kosoku into .build-autobahn, which runs Autobahn's WebSocket test suite: its own runner needs Python 2.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.1.0
# Wheels for x86-64 and ARM.
scripts/install-wheels.sh .build-autobahn $version <<END
kosoku==$version \
  --hash=sha256:a9b34e593defe29d931e346c88947b58a015495f09dd13643e4cc952c75602ac \
  --hash=sha256:911610fc6d21e9d8b5b53936ea134b2b4ab58cd6252e9ad7c7f69c540a028027
END
