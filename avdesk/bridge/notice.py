"""How an alert is written down for a notification daemon: what it understands decides. Pure, without Qt."""

from collections.abc import Collection
from typing import Any

from avdesk.config.paths import APP_ID, resources_folder
from avdesk.core.alerts import Alert, AlertAction, Urgency
from avdesk.core.text import clean, one_line
from avdesk.i18n import _

DEFAULT_ACTION = "default"
"""What a click beside the buttons is called; some daemons ignore it, so `OPEN` always has a button too."""

BODY_LIMIT = 600
TITLE_LIMIT = 120
SERVERS_OWN_TIME_OUT = -1

NOTIFY_SIGNATURE = "susssasa{sv}i"

_URGENCIES = {Urgency.LOW: 0, Urgency.NORMAL: 1, Urgency.CRITICAL: 2}


def action_label(action: AlertAction) -> str:
    """Return the text of an action's button."""
    return {
        AlertAction.OPEN: _("Open"),
        AlertAction.CHECK_NOW: _("Check now"),
        AlertAction.RETRY: _("Retry"),
        AlertAction.LOG: _("Show log"),
    }[action]


def action_of(key: str) -> AlertAction | None:
    """Return the action that a daemon names, None for one that was never offered."""
    if key == DEFAULT_ACTION:
        return AlertAction.OPEN
    try:
        return AlertAction(key)
    except ValueError:
        return None


def notify_arguments(alert: Alert, capabilities: Collection[str], replaces: int) -> tuple[Any, ...]:
    """Return the arguments of ``org.freedesktop.Notifications.Notify`` for `alert`.

    `capabilities` is what the daemon says it understands, `replaces` the id of the notification that this one
    takes the place of, 0 for none.
    """
    title, body = one_line(alert.title, TITLE_LIMIT), clean(alert.body, BODY_LIMIT)
    if "body" not in capabilities and body:
        title, body = one_line(f"{title}: {body}", TITLE_LIMIT * 2), ""
    if "body-markup" in capabilities:
        import html  # with its table of all entities: for the first notification is soon enough

        body = html.escape(body, quote=False)
    actions: list[str] = []
    if "actions" in capabilities:
        actions = [DEFAULT_ACTION, action_label(AlertAction.OPEN)]
        for action in alert.actions:
            actions += [action.value, action_label(action)]
    hints = {
        "urgency": ("y", _URGENCIES[alert.urgency]),
        "desktop-entry": ("s", APP_ID),
        "category": ("s", category_of(alert)),
    }
    icon = (resources_folder() / "icons" / "avdesk.svg").as_uri()
    return ("AVDesk", replaces, icon, title, body, actions, hints, SERVERS_OWN_TIME_OUT)


def category_of(alert: Alert) -> str:
    """Return the category of the notification specification that fits best."""
    if alert.incident.startswith("server:"):
        return "network.connected" if alert.urgency is Urgency.LOW else "network.disconnected"
    if alert.incident.startswith("run:"):
        return "transfer.complete" if alert.urgency is Urgency.LOW else "transfer.error"
    return "transfer"
