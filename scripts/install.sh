#!/usr/bin/env bash
# install.sh PROGRAM MANUAL: installs the program, the manual, the units and the documentation below PREFIX, and the rules
# file in SYSCONFDIR unless there is one. install.sh --remove: removes all but the configuration. DESTDIR comes before
# both in a package's build. The Makefile sets the variables.
set -euo pipefail
cd "$(dirname "$0")/.."
remove=false
if [ "${1:-}" = --remove ]; then remove=true; else program=$1 manual=$2; fi
share=$PREFIX/share
documents=$share/doc/edgecrab

# put MODE SOURCE FOLDER [NAME]: installs a file, or removes it.
put() {
  local mode=$1 source=$2 target=$DESTDIR$3/${4:-$(basename "$2")}
  if $remove; then
    rm -f "$target"
    rmdir --ignore-fail-on-non-empty "$DESTDIR$3" 2>/dev/null || true
  elif [ -s "$source" ]; then
    install -D -m "$mode" "$source" "$target"
  else
    echo "install: $source is missing or empty; run 'make release manual notices' first" >&2
    exit 1
  fi
}

# The units name the program and the configuration by their paths.
put_unit() {
  put 644 "$1" "$UNITDIR"
  $remove || sed -i "s|/usr/bin/edgecrab|$PREFIX/bin/edgecrab|; s|/etc/edgecrab|$SYSCONFDIR/edgecrab|; s|/usr/share|$share|" \
    "$DESTDIR$UNITDIR/$(basename "$1")"
}

# The names of installed manual pages are known from the program only.
pages=$($remove && echo "$DESTDIR$share/man/man1"/edgecrab*.1 || echo "$manual"/man1/*.1)

if $remove; then
  rm -f "$DESTDIR$PREFIX/bin/edgecrab"
else
  mkdir -p "$DESTDIR$PREFIX/bin"
  $INSTALL_PROGRAM -m 755 "$program" "$DESTDIR$PREFIX/bin/edgecrab"
fi
for page in $pages; do put 644 "$page" "$share/man/man1"; done
put 644 "${manual:-}/bash/edgecrab" "$share/bash-completion/completions"
put 644 "${manual:-}/zsh/_edgecrab" "$ZSHDIR"
put 644 "${manual:-}/fish/edgecrab.fish" "$share/fish/vendor_completions.d"
for unit in packaging/systemd/*.service; do put_unit "$unit"; done
put 644 packaging/systemd/edgecrab.sysusers "$PREFIX/lib/sysusers.d" edgecrab.conf
for file in packaging/{systemd,prometheus,grafana}/*; do put 644 "$file" "$share/edgecrab/$(basename "$(dirname "$file")")"; done
put 644 rules/default.yaml "$documents/rules"
for file in docs/*.md; do put 644 "$file" "$documents/docs"; done
for file in README.md ARCHITECTURE.md CHANGELOG.md CONTRIBUTING.md LICENSE .build/NOTICE; do put 644 "$file" "$documents"; done
# The pages link to the files of the folder of that name.
if $remove; then
  rm -f "$DESTDIR$documents/packaging"
  rmdir --ignore-fail-on-non-empty "$DESTDIR$share/edgecrab" "$DESTDIR$documents" 2>/dev/null || true
else
  ln -sfn ../../edgecrab "$DESTDIR$documents/packaging"
fi
if ! $remove && [ ! -e "$DESTDIR$SYSCONFDIR/edgecrab/rules.yaml" ]; then
  install -D -m 644 rules/default.yaml "$DESTDIR$SYSCONFDIR/edgecrab/rules.yaml"
fi
