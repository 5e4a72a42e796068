#!/usr/bin/env bash
# write-manual.sh PROGRAM FOLDER: writes manual pages and completions from the program's own description of its
# commands, by the tools of Swift's argument parser, to FOLDER/man1, FOLDER/bash, FOLDER/zsh and FOLDER/fish.
set -euo pipefail
program=$1
folder=$2
swift=${SWIFT:-swift}

rm -rf "$folder"
mkdir -p "$folder"/{man1,bash,zsh,fish}

# With --help, the package's command builds its tool and nothing else.
$swift package generate-manual --help >/dev/null
date=$(date --utc --date="@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" +%F)
.build/debug/generate-manual-tool "$program" --multi-page --date "$date" --output-directory "$folder/man1"
rm "$folder/man1/edgecrab.help.1"
for page in "$folder"/man1/*; do
  title=$(basename "$page" .1)
  # `whatis` takes a name without spaces only, which the synopsis must not repeat then; and paragraphs are separated by a
  # macro, not by an empty line.
  sed -i -E -e '/^\.Xr edgecrab\.help 1 ,$/d' -e 's/^$/.Pp/' -e 's/^\.Nd "(.*)"$/.Nd \1/' \
    -e "s/^\.Nm$/.Nm \"${title//./ }\"/" -e "/^\.Sh NAME/,/^\.Nd/s/^\.Nm .*/.Nm $title/" "$page"
done
if LC_ALL=C grep -n '[^ -~]' "$folder"/man1/*; then
  echo "write-manual: manual pages contain ASCII only; change the help text" >&2
  exit 1
fi

# Sourced, not run.
"$program" --generate-completion-script bash | sed '1{/^#!/d}' >"$folder/bash/edgecrab"
"$program" --generate-completion-script zsh >"$folder/zsh/_edgecrab"
"$program" --generate-completion-script fish >"$folder/fish/edgecrab.fish"
