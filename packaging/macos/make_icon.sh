#!/usr/bin/env bash
# Writes packaging/macos/avdesk.icns from the SVG. Needs macOS's own iconutil; the pictures are made by Qt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v iconutil >/dev/null || { printf 'iconutil is missing: this needs macOS\n' >&2; exit 1; }
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/avdesk.iconset"
QT_QPA_PLATFORM=offscreen PYTHONPATH=packaging/windows .venv/bin/python - "$scratch/avdesk.iconset" <<'PYTHON'
import sys
from pathlib import Path

from make_icon import png
from PySide6.QtGui import QGuiApplication

application = QGuiApplication(["make_icon"])
for size in (16, 32, 128, 256, 512):
    for scale, mark in ((1, ""), (2, "@2x")):
        Path(sys.argv[1], f"icon_{size}x{size}{mark}.png").write_bytes(png(size * scale))
PYTHON
iconutil --convert icns --output packaging/macos/avdesk.icns "$scratch/avdesk.iconset"
