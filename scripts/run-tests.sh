#!/usr/bin/env bash
# run-tests.sh PROGRAM: runs the tests that `swift build --build-tests` has built: those that start the program or use
# PostgreSQL, and beside them all others, each in turn. Both mostly wait, so that together they take half the time.
set -euo pipefail
cd "$(dirname "$0")/.."
export EDGECRAB_PROGRAM=$1
swift=${SWIFT:-swift}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run() { $swift test --ignore-lock --skip-build --disable-xctest --no-parallel "$@"; }

beside='^(CommandLineTests|PostgreSQLTests|SessionsTests)\.'
run --filter "$beside" >"$log" 2>&1 &
status=0
run --skip "$beside" || status=$?
wait $! || status=$?
cat "$log"
exit "$status"
