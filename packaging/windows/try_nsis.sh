#!/usr/bin/env bash
# Compiles the installer for Windows with a stand-in for what PyInstaller makes there: that its script is right in
# itself. Warnings count as errors. What it does on Windows is seen on Windows alone (.github/workflows/release.yml).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v makensis >/dev/null || { printf 'makensis is missing: apt-get install nsis\n' >&2; exit 1; }
python=.venv/bin/python
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/payload/_internal/resources"
for name in avdesk avdeskw avmonitor; do printf 'MZ stand-in' >"$scratch/payload/$name.exe"; done
cp -r resources/icons "$scratch/payload/_internal/resources/"
"$python" packaging/windows/make_icon.py
version="$("$python" -c 'import avdesk; print(avdesk.__version__)')"
makensis -V2 -WX "-DVERSION=$version" "-DPAYLOAD=$scratch/payload" "-DOUTPUT=$scratch/AVDesk-$version-setup.exe" packaging/windows/avdesk.nsi
file "$scratch/AVDesk-$version-setup.exe" | grep -q 'PE32.*Nullsoft Installer' || { printf 'this is no installer\n' >&2; exit 1; }
printf 'the installer compiles: %s bytes with the stand-in\n' "$(stat -c %s "$scratch/AVDesk-$version-setup.exe")"
