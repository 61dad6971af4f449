"""Whether this machine's clock agrees with those of the servers and of Google."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.errors import KnownError
from avdesk.core.ownchecks import CLOCK_OFF_S, CLOCK_WRONG_S
from avdesk.i18n import _
from avdesk.services.doctor.findings import Finding, Verdict
from avdesk.services.runtime import Runtime

NAME = "clock"
MOST = 8
"""Clocks that are compared with."""


def look_at_clock(environments: Sequence[Environment], runtime: Runtime) -> Finding:
    """Compare this machine's clock with what the servers' and Google's answers carry; nothing of it counts."""
    asked = [environment for environment in environments if environment.url][:MOST]
    with ThreadPoolExecutor(max_workers=MOST + 1, thread_name_prefix="doctor-clock") as pool:
        google = pool.submit(_google_offset, environments)
        found = dict(zip((each.name for each in asked), pool.map(lambda e: _offset(e, runtime), asked), strict=True))
        found["Google"] = google.result()
    known = {name: offset for name, offset in found.items() if offset is not None}
    if not known:
        return Finding(NAME, Verdict.OK, _("There is no clock to compare with"))
    off = {name: offset for name, offset in known.items() if abs(offset) > CLOCK_OFF_S}
    if not off:
        return Finding(NAME, Verdict.OK, _("It agrees with: {names}").format(names=", ".join(known)))
    return _off(known, off)


def _off(known: dict[str, float], off: dict[str, float]) -> Finding:
    signs = {offset > 0 for offset in off.values()}
    if (len(off) == len(known) and len(signs) == 1) or "Google" in off:
        worst = max((offset for offset in off.values()), key=abs)
        words = _("This machine's clock is {time} behind") if worst > 0 else _("This machine's clock is {time} ahead")
        advice = _("Set it by the network's time; Google refuses tokens from a clock that is five minutes off.")
    else:
        name, worst = max(off.items(), key=lambda each: abs(each[1]))
        ahead = _("The clock of {name} is {time} ahead"), _("The clock of {name} is {time} behind")
        words = ahead[0 if worst > 0 else 1].format(name=name, time="{time}")
        advice = _("Set the server's clock by the network's time.")
    verdict = Verdict.BAD if abs(worst) >= CLOCK_WRONG_S else Verdict.WARNING
    return Finding(NAME, verdict, words.format(time=wording.rough_duration(abs(worst))), advice)


def _offset(environment: Environment, runtime: Runtime) -> float | None:
    """Return how far a server's clock is ahead, seconds; None where it does not tell."""
    watches = runtime.watches(environment.name)
    try:
        watches.server.ask_alive()
        view = watches.server.view
        return view.clock_offset_s if view.answered_at is not None else None
    finally:
        watches.close()


def _google_offset(environments: Sequence[Environment]) -> float | None:
    """Return how far Google's clock is ahead, seconds; None where nobody asks Google, or it does not answer."""
    from datetime import UTC, datetime

    from avdesk.clients.google_calls import check_endpoint
    from avdesk.clients.reply import Timeouts
    from avdesk.clients.transport import Transport
    from avdesk.services.doctor.google import asks_vertex

    chosen = next((each for each in environments if asks_vertex(each)), None)
    if chosen is None:
        return None
    transport = Transport()
    try:
        base = check_endpoint(chosen.google_endpoint) or "https://aiplatform.googleapis.com"
        reply = transport.request("GET", f"{base}/", timeout=Timeouts(connect_s=4.0, read_s=5.0, total_s=8.0))
    except KnownError:
        return None
    finally:
        transport.close()
    return None if reply.date is None else (reply.date - datetime.now(UTC)).total_seconds()
