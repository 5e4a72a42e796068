#!/usr/bin/env bash
# Installs OpenTelemetry's protocol for Python into .build-otlp, by which the tests read the traces that are exported.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.45.2
# protobuf has wheels for Python 3.10 and later, on x86-64 and ARM.
scripts/install-wheels.sh .build-otlp $version <<END
opentelemetry-proto==$version --hash=sha256:03a7ca1b43f89fd5b965d5975902bb2515c0c86e2428b456836e9a6149c6235a
protobuf==7.36.2 \
  --hash=sha256:e11e1f0180583a2af89db6a2ecd9e8dc40aa6d2988ca175bfd0e6d12ea72d74e \
  --hash=sha256:89f23aa53c24553a2416fd4fd1ec06f74fa42b14b546d8883128813f775bbfd2
END
