#!/usr/bin/env bash
# Installs two agents of the Agent Client Protocol, hermes-agent and mistral-vibe, into .build-acp-agents, in the versions
# that scripts/acp-agents lists, for tests with agents in actual use. They need Python 3.12. Without it, or without PyPI,
# tests that use them are skipped with a message.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.build-acp-agents
lists=(scripts/acp-agents/hermes.txt scripts/acp-agents/vibe.txt)
version=$(cat "${lists[@]}" | sha256sum | cut -c1-16)
[ -f "$folder/$version" ] && exit 0

python=
for candidate in python3.12 "$HOME"/.pyenv/versions/3.12.*/bin/python; do
  if "$candidate" -m pip --version >/dev/null 2>&1; then python=$(command -v "$candidate"); fi
done
if [ -z "$python" ]; then
  echo "install-acp-agents: Python 3.12 not found; tests that need these agents will be skipped" >&2
  exit 0
fi

rm -rf "$folder"
mkdir "$folder"
# Both at once, since most of the time is waiting. Only wheels, so that none of their code runs during installation.
for list in "${lists[@]}"; do
  "$python" -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps \
    --only-binary :all: --no-compile --target "$folder/$(basename "$list" .txt)" --requirement "$list" &
done
status=0
for job in $(jobs -p); do wait "$job" || status=1; done
if [ "$status" -eq 0 ]; then
  printf '%s' "$python" >"$folder/python"
  touch "$folder/$version"
else
  rm -rf "$folder"
  echo "install-acp-agents: installation failed; tests that need these agents will be skipped" >&2
fi
