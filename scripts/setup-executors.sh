#!/usr/bin/env bash
# Installs what all tests of the code executors need, from Debian's packages. Where it cannot, it says so and ends well:
# the tests that need what is missing then say that they are skipped.
set -uo pipefail

skip() {
  printf '\n******** SKIPPED: %s\n******** Tests of the executors that need it are skipped, and say so.\n\n' "$1" >&2
}

packages=()
command -v bwrap >/dev/null || packages+=(bubblewrap)
[ -x /usr/bin/python3 ] || packages+=(python3)
/usr/bin/python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
for module in ipykernel:python3-ipykernel matplotlib:python3-matplotlib jupyter_server:jupyter-server; do
  /usr/bin/python3 -c "import ${module%:*}" 2>/dev/null || packages+=("${module#*:}")
done
command -v socat >/dev/null || packages+=(socat)
command -v rg >/dev/null || packages+=(ripgrep)

[ ${#packages[@]} = 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  skip "${packages[*]}: this system has no apt-get"
elif [ "$(id -u)" != 0 ]; then
  skip "${packages[*]}: apt-get install needs root"
else
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null ||
    skip "${packages[*]}: apt-get could not install them"
fi
exit 0
