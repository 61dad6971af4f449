"""What is asked of the server itself: a new video, a rendering machine, a reset."""

import logging
from collections.abc import Callable

from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.mishaps import NothingAnswersError
from avdesk.clients.reply import Reply
from avdesk.core import wire
from avdesk.core.actions import ActionState
from avdesk.core.endpoints import RENDER_VM, RESET
from avdesk.core.errors import (
    AbortedError,
    KnownError,
    NameLookupError,
    NotFoundError,
    RateLimitedError,
    UnreachableError,
    UsageError,
)
from avdesk.core.status import ServerStatus, TextKind
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.deed import Progress, Scene

log = logging.getLogger(__name__)

LONGEST_TOPIC = 500
LONGEST_VIDEO_S = 3600
VOICES = ("elevenlabs", "google")
DEFAULT_VIDEO_S = 60


def generate(scene: Scene, progress: Progress) -> None:
    """Start a run, and wait until the server shows it.

    Raises:
        UsageError: a wish cannot be one.
        RequestRefusedError: another run is on.
        KnownError: it was not started.
    """
    topic = check_topic(progress.parameter("topic"))
    length = check_length(progress.parameter("max_length"))
    voice = check_voice(progress.parameter("tts"))
    progress.move(ActionState.SENDING, _("Asking for a video about “{topic}”.").format(topic=one_line(topic, 80)))
    _send(scene, progress, lambda client: client.generate(topic, length, voice), _generating)
    progress.move(ActionState.REQUESTED, _("The server has begun a new video."))
    _confirm(scene, progress, _generating, _("The server makes the new video."))


def render_vm(scene: Scene, progress: Progress) -> None:
    """Let the server render on a machine of its own.

    Raises:
        NotFoundError: this revision cannot.
        KnownError: it was not started.
    """
    seconds = check_length(progress.parameter("video_length_s")) or DEFAULT_VIDEO_S
    progress.move(ActionState.SENDING, _("Asking the server to render on a virtual machine."))
    _send_known(scene, RENDER_VM, lambda client: client.render_fallback(seconds))
    progress.move(ActionState.REQUESTED, _("The server starts a virtual machine."))
    if _machines(scene):
        progress.move(ActionState.CONFIRMED, _("A virtual machine renders the video."))
        return
    _confirm(scene, progress, lambda status: status.kind is TextKind.RENDER_VM, _("A virtual machine renders."))


def reset(scene: Scene, progress: Progress) -> None:
    """Set the server's state back.

    Raises:
        NotFoundError: this revision cannot.
        KnownError: it was not done.
    """
    progress.move(ActionState.SENDING, _("Asking the server to set its state back."))
    _send_known(scene, RESET, lambda client: client.reset())
    progress.move(ActionState.REQUESTED, _("The server was told to set its state back."))
    _confirm(
        scene,
        progress,
        lambda status: not status.generating and status.kind in (TextKind.RESET, TextKind.READY),
        _("The server’s state is set back."),
    )


def check_topic(text: str) -> str:
    """Return a topic that can be sent. Raises UsageError for none, and for too long a one."""
    topic = " ".join(text.split())
    if not 0 < len(topic) <= LONGEST_TOPIC:
        raise UsageError(
            _("A topic has from 1 to {count} characters.").format(count=LONGEST_TOPIC),
            _("Say in a few words what the video is about."),
        )
    return topic


def check_length(text: str) -> int | None:
    """Return a length in seconds, None for an empty text. Raises UsageError for what is none."""
    if not text:
        return None
    seconds = wire.as_int(text)
    if seconds is None or not 1 <= seconds <= LONGEST_VIDEO_S:
        raise UsageError(
            _("“{value}” is no length for a video.").format(value=one_line(text, 40)),
            _("Write seconds, from 1 to {count}.").format(count=LONGEST_VIDEO_S),
        )
    return seconds


def check_voice(text: str) -> str | None:
    """Return a voice service, None for an empty text. Raises UsageError for an unknown one."""
    if not text:
        return None
    if text not in VOICES:
        raise UsageError(
            _("“{value}” is no voice service.").format(value=one_line(text, 40)),
            _("Choose one of {names}.").format(names=", ".join(VOICES)),
        )
    return text


def _generating(status: ServerStatus) -> bool:
    return status.generating


def _send(
    scene: Scene,
    progress: Progress,
    send: Callable[[AutoVideoClient], Reply],
    shows: Callable[[ServerStatus], bool],
) -> None:
    """Send once. Where the answer is lost the server's state tells whether it took effect.

    Raises:
        KnownError: it did not, or nobody knows.
    """
    try:
        scene.server.ask(send)
    except (AbortedError, NothingAnswersError, NameLookupError):
        raise
    except UnreachableError as error:
        log.info("the answer was lost: %s", error)
        for pause in scene.patience.lookups_s[:2]:
            scene.pause(pause)
            try:
                status, at = scene.server.status(scene.memory, young_s=0.0)
            except KnownError as again:
                log.info("the state was not told: %s", again)
                continue
            if at >= progress.asked_at and shows(status):
                return
        raise


def _send_known(scene: Scene, endpoint: str, send: Callable[[AutoVideoClient], Reply]) -> None:
    if scene.server.try_endpoint(scene.memory, endpoint, send) is None:
        raise NotFoundError(
            _("This server’s revision has no {path}.").format(path=endpoint),
            _("Nothing was changed; another revision of the server is needed for it."),
            status=404,
        )


def _machines(scene: Scene) -> bool:
    """Whether the server lists a rendering machine."""
    try:
        told = wire.as_object(scene.server.ask(lambda client: client.vm_status()).json())
    except AbortedError:
        raise
    except KnownError as error:
        log.info("the machines were not told: %s", error)
        return False
    states = [wire.as_text(wire.as_object(vm).get("status")) for vm in wire.as_list(told.get("vms"))]
    return any(state in ("PROVISIONING", "STAGING", "RUNNING") for state in states)


def _confirm(scene: Scene, progress: Progress, shows: Callable[[ServerStatus], bool], said: str) -> None:
    """Wait until the server's own state shows it: by what a monitor was told, else by looks of our own."""
    sent_at = progress.record.changed_at
    asked_mono = scene.clock.mono()
    pauses = scene.pauses(scene.patience.show_s)
    looks = 0
    while pauses.pause():
        known = scene.server.known_status(scene.memory)
        if known is not None and known[1] >= sent_at and shows(known[0]):
            progress.move(ActionState.CONFIRMED, said)
            return
        waited = scene.clock.mono() - asked_mono
        if looks < 3 and waited >= scene.patience.own_look_s * 4**looks:
            looks += 1
            try:
                scene.server.status(scene.memory, young_s=0.0)
            except RateLimitedError as error:
                progress.move(ActionState.REQUESTED, progress.record.detail, error.message)
                return
            except AbortedError:
                raise
            except KnownError as error:
                log.info("the state was not told: %s", error)
    progress.move(
        ActionState.TIMED_OUT,
        _("The server accepted it, but its state does not show it."),
        _("Look at the pipeline, and into the server’s log."),
    )
