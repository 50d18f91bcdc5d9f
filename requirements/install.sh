#!/usr/bin/env bash
# Make an environment for ci-mlops itself: `install.sh LOCK FOLDER`. The team's own environment is left alone.
set -euo pipefail

whole() {
  case "$1" in
    /* | [A-Za-z]:*) echo "$1" ;;
    *) echo "$PWD/$1" ;;
  esac
}

lock="$(whole "$1")"
home="$(whole "$2")"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# we start in the checkout of the change, whose uv.toml or pyproject.toml must not say where packages come from
cd "$root"

find_python() {
  for name in python python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" > /dev/null && "$name" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$name"
      return
    fi
  done
  why="ci-mlops needs Python 3.11 or newer for itself"
  rest="before it. Your own Python may stay as old as it is: name it in the input python."
  if [ "${TF_BUILD:-}" = True ]; then
    echo "##vso[task.logissue type=error]$why: add UsePythonVersion@0 with versionSpec: '3.12' $rest" >&2
  else
    echo "::error title=$why::Add actions/setup-python with python-version: '3.12' $rest" >&2
  fi
  return 2
}

python="$(find_python)"
if command -v uv > /dev/null; then
  uv --no-config venv --quiet --python "$python" "$home"
  uv --no-config pip install --quiet --python "$home/bin/python" --compile-bytecode --require-hashes -r "$lock"
  uv --no-config pip install --quiet --python "$home/bin/python" --compile-bytecode --no-deps --no-build-isolation "$root"
else
  "$python" -I -m venv "$home"
  pip() { "$home/bin/python" -I -m pip --quiet --disable-pip-version-check --no-input "$@"; }
  pip install --require-hashes -r "$lock"
  pip install --no-deps --no-build-isolation "$root"
fi
