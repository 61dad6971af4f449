#!/usr/bin/env bash
# Writes requirements/dev.txt: every package of the app and its development at one version, with its hashes.
# Nothing of this machine (an index, a folder of wheels) gets into it. Options are handed to pip-compile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile --quiet --upgrade --extra dev \
    --generate-hashes --allow-unsafe --strip-extras --no-annotate \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
    --output-file requirements/dev.txt "$@" pyproject.toml

if grep -nE '(https?|file):/|^--(index|extra-index|find-links|trusted)' requirements/dev.txt; then
    echo "requirements/dev.txt names this machine's sources of packages (above)." >&2
    exit 1
fi
