#!/usr/bin/env bash
# Makes dist/avdesk, the application as one folder. The licences of what goes in are renewed first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# As in a clean checkout: nothing is taken over from an older build of other sources.
.venv/bin/python packaging/licences.py --check
rm -rf dist/avdesk
.venv/bin/pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build avdesk.spec
.venv/bin/python packaging/licences.py --bundle dist/avdesk
du -sh --apparent-size dist/avdesk
