#!/usr/bin/env bash
# Makes the virtual environments, from nothing but Python 3.12 or newer:
# .venv for the project, .local/emulator-venv for the embedded AWS and, for tests,
# .local/awscli-venv for the AWS CLI, which pin botocores of their own.
# Usage: bootstrap.sh up     what the laptop needs
#        bootstrap.sh check  what the checks need, no laptop
#        bootstrap.sh test   both
set -euo pipefail
cd "$(dirname "$0")/../.."

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.12 python3.13 python3 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        # A pyenv shim can be found and still not run; only running it tells.
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    echo "Trunkline needs Python 3.12 or newer (with venv): on the PATH, under ~/.pyenv, or named by PYTHON=..." >&2
    exit 1
}

# make_venv FOLDER STAMP PIP-ARGUMENTS...: (re)made when the stamp says so, quietly.
make_venv() {
    local folder=$1 stamp=$2 log began=$SECONDS
    shift 2
    log=.local/logs/$(basename "$folder").log
    log=${log/.venv/venv}
    if [ "$(cat "$folder/.trunkline-stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
    mkdir -p .local/logs
    # A venv of another Python cannot be mended; one of the same Python takes the new packages.
    if [ -e "$folder" ] && ! "$folder/bin/python" -c "import sys; sys.exit(sys.base_prefix != '$prefix')" 2>/dev/null; then
        rm -rf "$folder"
    fi
    if ! { "$python" -m venv "$folder" && "$folder/bin/python" -m pip install --disable-pip-version-check "$@"; } \
        >"$log" 2>&1; then
        grep -v '^WARNING' "$log" | tail -20 >&2
        echo "could not make $folder; all of it in $log" >&2
        return 1
    fi
    echo "$stamp" >"$folder/.trunkline-stamp"
    printf '%6.1f s  %s\n' $((SECONDS - began)) "$folder"
}

hash_of() { { echo "$prefix"; cat "$@"; } | sha256sum | cut -d' ' -f1; }

python=$(find_python)
prefix=$("$python" -c 'import sys; print(sys.base_prefix)')

emulator() {
    make_venv .local/emulator-venv "$(hash_of infra/local/requirements-emulator.txt)" \
        -r infra/local/requirements-emulator.txt
}

awscli() {
    make_venv .local/awscli-venv "$(hash_of infra/local/requirements-awscli.txt)" \
        -r infra/local/requirements-awscli.txt
}

node_major() { node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }

# project FILE...: the venv with these requirements; one that has more is left as it is.
project() {
    local extra=() stamp
    if [ "$(node_major || true)" = "" ] || [ "$(node_major)" -lt 22 ]; then
        extra=(-r infra/local/requirements-node.txt)
    fi
    if [ "$1" = infra/local/requirements-laptop.txt ] &&
        [ "$(cat .venv/.trunkline-stamp 2>/dev/null)" = "$(stamp_of requirements-dev.txt)" ]; then return; fi
    make_venv .venv "$(stamp_of "$1")" -r "$1" "${extra[@]}"
}

stamp_of() {
    echo "$1 $(hash_of requirements.txt requirements-dev.txt infra/local/requirements-laptop.txt infra/local/requirements-node.txt)"
}

case "${1:-test}" in
up)
    emulator &
    project infra/local/requirements-laptop.txt
    wait $!
    ;;
check) project requirements-dev.txt ;;
test)
    { emulator && awscli; } &
    project requirements-dev.txt
    wait $!
    ;;
*)
    echo "usage: bootstrap.sh up | check | test" >&2
    exit 2
    ;;
esac
