#!/usr/bin/env bash
# Makes the Debian package of a bundle and checks it: make.sh BUNDLE FOLDER
set -euo pipefail
bundle="$(realpath "$1")"
folder="$(realpath -m "$2")"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for program in dpkg-deb dpkg-shlibdeps objdump rsvg-convert lintian appstreamcli desktop-file-validate; do
    command -v "$program" >/dev/null || {
        printf '%s is missing: apt-get install dpkg-dev binutils librsvg2-bin lintian appstream desktop-file-utils\n' "$program" >&2
        exit 1
    }
done
desktop-file-validate resources/linux/io.github.avdesk.AVDesk.desktop
appstreamcli validate --no-net --strict resources/linux/io.github.avdesk.AVDesk.metainfo.xml
package="$(.venv/bin/python packaging/deb/build.py "$bundle" "$folder")"
lintian --tag-display-limit 0 --fail-on error,warning "$package"
ls -l "$package"
