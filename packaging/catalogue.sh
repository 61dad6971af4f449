#!/usr/bin/env bash
# The texts for people, as translators get them: resources/i18n/avdesk.pot.
#
#   packaging/catalogue.sh extract   write it anew from the sources
#   packaging/catalogue.sh check     end with 1 where it isn't what the sources say
#
# Translations go beside it, as resources/i18n/<language>/LC_MESSAGES/avdesk.po. There are none yet; the step that
# compiles them to .mo files when a wheel is built comes with the first one, as a build hook of hatchling.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly template="resources/i18n/avdesk.pot"

made="$(mktemp)"
trap 'rm -f "$made"' EXIT

# Neither dates nor line numbers nor versions of tools: the file changes when a text does, and at no other time.
.venv/bin/pybabel --quiet extract --mapping=packaging/babel.cfg --no-default-keywords \
    --keyword=_ --keyword=ngettext:1,2 --keyword=pgettext:1c,2 \
    --add-comments=Translators: --add-location=file --sort-by-file --width=110 \
    --project=AVDesk --version=- --copyright-holder="The AVDesk authors" --output="$made" avdesk
sed -i -e '/^"POT-Creation-Date: /d' -e '/^"PO-Revision-Date: /d' -e '/^"Generated-By: /d' \
    -e 's/^"Project-Id-Version: AVDesk -/"Project-Id-Version: AVDesk/' -e '/^# FIRST AUTHOR /d' \
    -e 's/^# Copyright (C) [0-9]* /# Copyright (C) /' -e '/^#, fuzzy$/d' "$made"

case "${1:-}" in
    extract)
        mkdir -p "${template%/*}"
        cp "$made" "$template"
        ;;
    check)
        if ! diff -u "$template" "$made" >&2; then
            echo "The texts in avdesk/ changed: run 'make i18n' and commit $template." >&2
            exit 1
        fi
        ;;
    *)
        echo "usage: packaging/catalogue.sh extract|check" >&2
        exit 2
        ;;
esac
