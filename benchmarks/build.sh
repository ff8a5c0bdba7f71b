#!/bin/sh
# Builds the executables that compare.py and files.py compare, into target/bench (or below CARGO_TARGET_DIR).
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/bench"
for project in json_cli json_cli_plain demo_small; do
    PYAPP_PROJECT=benchmarks/projects/$project cargo build --release
    cp "$target/release/pyapp" "$target/bench/$project"
done
PYAPP_PROJECT=tests/doors cargo build --release
cp "$target/release/pyapp" "$target/bench/doors"
cargo build --release
cp "$target/release/pyapp" "$target/bench/demo"
