#!/usr/bin/env bash
# Installs CycloneDX's JSON Schemas into .build-cyclonedx, by which the bill of materials is checked.
set -euo pipefail
cd "$(dirname "$0")/.."
version=11.12.0
scripts/install-wheels.sh .build-cyclonedx $version <<END
cyclonedx-python-lib==$version --hash=sha256:0e807521a921a5c3cb8ce1153f8a61d29eedfe76a46aac2796b7c6b573391a54
END
