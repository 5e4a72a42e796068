#!/usr/bin/env bash
# Fuzzes each target for an equal part of the given seconds, starting from the corpus of earlier runs.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
targets=(rules message pattern zone frame)
build=.build-fuzz

EDGECRAB_FUZZ=1 "${SWIFT:-swift}" build --configuration release --sanitize=fuzzer --scratch-path "$build" --product Fuzz

# Swift's backtracer would end the process before libFuzzer has saved the input.
export SWIFT_BACKTRACE=enable=no

for target in "${targets[@]}"; do
  corpus=$build/corpus/$target
  log=$build/$target.log
  mkdir -p "$corpus"
  seeds=("Fuzz/Regressions/$target")
  [ "$target" != rules ] || seeds+=(Tests/ConfigTests/Golden rules)
  [ "$target" != zone ] || seeds+=(/usr/share/zoneinfo/Europe)
  # Any input of 16 KiB must be processed within 5 seconds, 512 MiB in total and 64 MiB per allocation.
  FUZZ_TARGET=$target "$build/release/Fuzz" "$corpus" "${seeds[@]}" \
    -dict=Fuzz/rules.dict -max_total_time=$((seconds / ${#targets[@]})) -max_len=16384 \
    -timeout=5 -rss_limit_mb=512 -malloc_limit_mb=64 \
    -artifact_prefix="Fuzz/Regressions/$target/" -print_final_stats=1 >"$log" 2>&1 ||
    { grep -aE -A20 'Fatal error|ERROR:' "$log" | cut -c1-2000; tail -n 3 "$log"; exit 1; }
  echo "$target: no failure, $(grep -a '^stat::number' "$log" | grep -oE '[0-9]+$') inputs"
done
