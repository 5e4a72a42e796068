#!/usr/bin/env bash
# build-image.sh: builds dist/edgecrab-VERSION-image.tar, an image in Docker's archive format, from the package in dist/ and
# from Debian's packages. It needs neither a registry nor a container engine: mmdebstrap makes the file system, buildah the
# image. packaging/container/Containerfile is the same for those who have both.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(dpkg-parsechangelog --show-field Version)
package=$(echo "$PWD"/dist/edgecrab_"$version"_*.deb)
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

mmdebstrap --quiet --variant=minbase --include=systemd-standalone-sysusers \
  --customize-hook='mkdir -p "$1/etc/sysusers.d"' \
  --customize-hook='echo "u edgecrab 10001 \"edgecrab gateway\" /var/lib/edgecrab" >"$1/etc/sysusers.d/edgecrab.conf"' \
  --customize-hook="upload $package /tmp/edgecrab.deb" \
  --customize-hook='chroot "$1" apt-get install --quiet=2 --yes --no-install-recommends /tmp/edgecrab.deb >/dev/null' \
  --customize-hook='rm "$1/tmp/edgecrab.deb"' \
  --customize-hook='upload packaging/container/healthcheck /usr/libexec/edgecrab-healthcheck' \
  --customize-hook='chmod 755 "$1/usr/libexec/edgecrab-healthcheck"' \
  --customize-hook='chroot "$1" install -d -o edgecrab -g edgecrab -m 700 /var/lib/edgecrab' \
  --customize-hook='rm -f "$1/etc/hostname" "$1/etc/resolv.conf"' \
  bookworm "$work/root.tar"

# The settings are those of the Containerfile.
setting() { sed -n "s/^$1 //p" packaging/container/Containerfile; }
buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
container=$(buildah from --format docker scratch)
buildah add --quiet "$container" "$work/root.tar" /
environment=()
for variable in $(setting ENV); do environment+=(--env "$variable"); done
buildah config "${environment[@]}" --user "$(setting USER)" --workingdir "$(setting WORKDIR)" --volume "$(setting VOLUME)" \
  --port "$(setting EXPOSE)" --stop-signal "$(setting STOPSIGNAL)" --entrypoint "$(setting ENTRYPOINT)" \
  --cmd "$(setting CMD | tr -d '[],"')" --healthcheck "CMD /usr/libexec/edgecrab-healthcheck" \
  --healthcheck-interval 30s --healthcheck-timeout 5s --healthcheck-start-period 30s "$container"
buildah commit --quiet --format docker --timestamp "$SOURCE_DATE_EPOCH" "$container" \
  "docker-archive:$PWD/dist/edgecrab-$version-image.tar:edgecrab:$version"
(cd dist && sha256sum "edgecrab-$version-image.tar" >>SHA256SUMS)
ls -l --human-readable "dist/edgecrab-$version-image.tar" | awk '{ print $5 "\t" $9 }'
