"""What is there from the first moment: the tray, and what it shows."""

from dataclasses import dataclass

from avdesk.app.latest import Latest
from avdesk.app.tray_host import TrayHost
from avdesk.ui.tray import Tray
from avdesk.ui.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Front:
    """The parts that the tray needs."""

    wishes: Wishes
    latest: Latest
    tray: Tray
    tray_host: TrayHost
