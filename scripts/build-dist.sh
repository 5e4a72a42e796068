#!/usr/bin/env bash
# build-dist.sh PROGRAM: builds what users download, in dist/: the Debian package, its debug symbols, an archive for other
# systems with the same libraries, the bill of materials, the licences and checksums. The same commit has the same bytes,
# in a folder of the same path and with the same compiler, Swift packages and Debian packages.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1
version=$(dpkg-parsechangelog --show-field Version)
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export LC_ALL=C TZ=UTC
umask 022

[[ $("$program" --version) == "edgecrab $version ("* ]] ||
  { echo "build-dist: debian/changelog has version $version, but the program says: $("$program" --version)" >&2; exit 1; }

[[ $EDGECRAB_COMMIT != *-dirty ]] || [ -n "${EDGECRAB_DIRTY:-}" ] ||
  { echo "build-dist: commit your changes first, or set EDGECRAB_DIRTY=1 to build for yourself" >&2; exit 1; }

rm -rf dist
mkdir dist

# The Debian packages, by the same steps as `dpkg-buildpackage` takes, which would write into the parent's folder.
EDGECRAB_DIST=dist dpkg-buildpackage --target=clean,binary >.build/dpkg-buildpackage.log 2>&1 ||
  { tail -n 40 .build/dpkg-buildpackage.log >&2; exit 1; }

# The archive: the same files, to unpack at /. The configuration is left to the administrator, and so is the folder /.
tree=$(mktemp --directory)
trap 'rm -rf "$tree"' EXIT
make --no-print-directory install PREFIX=/usr/local DESTDIR="$tree"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$tree" -c usr |
  xz --threads=2 >"dist/edgecrab-$version-linux-$architecture.tar.xz"

scripts/third-party.py sbom "$program" >"dist/edgecrab-$version.cdx.json"
cp .build/NOTICE "dist/NOTICE"
(cd dist && sha256sum -- * >SHA256SUMS)
(cd dist && ls -l --human-readable | awk 'NR > 1 { print $5 "\t" $9 }')
