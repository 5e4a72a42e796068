#!/usr/bin/env bash
# Prints the number of instructions per decision, counted by valgrind: unlike time, it does not depend on the load.
# Arguments: the path of RulesBench, and the numbers of rules.
set -euo pipefail
bench=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# valgrind cannot read Swift's debug information.
strip -o "$work/bench" "$bench"
"$work/bench" files "$work" "$@"

count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$work/bench" decide "$work" "$1" "$2" 2>&1 |
    awk '/Collected/ { print $4 }'
}

# The first pass over the 10,000 events fills caches; the difference of three passes and one is counted.
for rules in "$@"; do
  once=$(count "$rules" 1)
  thrice=$(count "$rules" 3)
  [ "$thrice" -gt "$once" ] || { echo "count-instructions: nothing was counted" >&2; exit 1; }
  printf '%8d rules: %6d instructions a decision\n' "$rules" $(((thrice - once) / 20000))
done
