#!/usr/bin/env bash
# Makes this checkout ready to run: system packages, .venv, the locked Python packages, the project itself.
#
#   packaging/setup.sh run    for the app
#   packaging/setup.sh test   for the tests and the screenshots too
#
# Doing it again is quick: what is there already is left alone. The machine's own settings of pip and apt are
# respected, none are given here. Python: the first of $PYTHON, python3, python3.14 … python3.11 that is new enough.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly purpose="${1:-run}"
readonly venv="$PWD/.venv"
readonly lock="requirements/dev.txt"

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$1"
    shift
    for line in "$@"; do say "  $line"; done
    exit 1
}

case "$purpose" in
    run) lists=(packaging/system-packages-runtime.txt) ;;
    test) lists=(packaging/system-packages-runtime.txt packaging/system-packages-test.txt) ;;
    *) die "usage: packaging/setup.sh run|test" ;;
esac

# --- System packages --------------------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || say "apt-get update failed; trying with the lists at hand"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >&2
}

# The packages named in the files given, of those that this system lacks.
missing_packages() {
    local name found
    while read -r name; do
        # Since Debian 13 some are called by another name (libglib2.0-0t64).
        found="$(dpkg-query -W -f '${db:Status-Status}\n' "$name" "${name}t64" 2>/dev/null || true)"
        grep -qx installed <<<"$found" || printf '%s\n' "$name"
    done < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@")
}

install_system_packages() {
    local -a missing
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "This system has no apt-get. AVDesk's desktop needs what these Debian packages hold (names differ elsewhere):"
        sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e 's/^/  /' "${lists[@]}" >&2
        say "Going on in the hope that they are there."
        return
    fi
    mapfile -t missing < <(missing_packages "${lists[@]}")
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "Installing system packages: ${missing[*]}"
    if ! apt_install "${missing[@]}"; then
        say "Could not install them. Without them the window or the desktop tests don't work. As root, run:"
        say "  apt-get update && apt-get install ${missing[*]}"
        say "Going on with what is there."
    fi
}

# --- Python -----------------------------------------------------------------------------------------------------

can_make_venv() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null && can_make_venv "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    local python
    # A virtual environment can't be moved, and one whose Python went away is of no use.
    if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
        { [ ! -e "$venv/.made-at" ] || [ "$(cat "$venv/.made-at")" = "$venv" ]; }; then
        return
    fi
    if ! python="$(find_python)"; then
        command -v apt-get >/dev/null && apt_install python3 python3-venv || true
        python="$(find_python)" || die "No Python of 3.11 or newer that can make virtual environments was found." \
            "On Debian 12 or newer: apt-get install python3 python3-venv" \
            "Elsewhere: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3 …"
    fi
    say "Making .venv with $python"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    printf '%s' "$venv" >"$venv/.made-at"
}

# Runs the command given unless it was run before for the same contents of the files named up to "--".
once_for() {
    local stamp="$venv/.stamp-$1" sum
    shift
    local -a files=()
    while [ "$1" != "--" ]; do
        files+=("$1")
        shift
    done
    shift
    sum="$(cat "${files[@]}" | cksum)"
    if [ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "$sum" ]; then
        "$@"
        printf '%s' "$sum" >"$stamp"
    fi
}

install_locked() {
    say "Installing the locked Python packages"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
}

install_project() {
    # The build back end is one of the locked packages: nothing is fetched for this step.
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
}

install_system_packages
make_venv
once_for locked "$lock" -- install_locked
once_for project pyproject.toml "$lock" -- install_project
