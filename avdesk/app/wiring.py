"""Every connection between the parts of the desktop app, in one list."""

from PySide6.QtCore import Qt

from avdesk.app.applying import Applying
from avdesk.app.desktop import Desk, Parts
from avdesk.app.quit_signals import QuitSignals
from avdesk.app.shutdown import Shutdown


def connect(parts: Parts, desk: Desk, applying: Applying, shutdown: Shutdown, signals: QuitSignals) -> None:
    """Connect the parts: news go up to those who show them, wishes down to those who fulfil them."""
    queued = Qt.ConnectionType.QueuedConnection
    wishes, latest, window = parts.front.wishes, parts.front.latest, parts.window
    tray, tray_host = parts.front.tray, parts.front.tray_host

    # News
    parts.watching.told.connect(latest.take)
    latest.current_changed.connect(tray.show_snapshot)
    latest.changed.connect(tray.note)
    latest.changed.connect(window.show_snapshot)
    latest.chosen.connect(window.show_environment)
    latest.happened.connect(parts.announcer.hear)
    latest.crashed.connect(desk.on_poller_crashed)
    parts.notifications.refused.connect(desk.show_by_tray, queued)
    tray_host.missing.connect(desk.on_tray_missing)
    tray_host.appeared.connect(desk.on_tray_appeared)
    parts.crash_teller.told.connect(desk.show_crash, queued)
    parts.wake.woke.connect(desk.woke)
    parts.actions.changed.connect(window.show_action, queued)
    parts.actions.changed.connect(desk.actions.on_changed, queued)
    parts.actions.specified.connect(window.show_specification, queued)
    parts.actions.crashed.connect(desk.on_action_crashed, queued)
    parts.archive.told.connect(window.show_older_jobs, queued)
    remembered = parts.remembered
    remembered.endpoints_told.connect(remembered.take_endpoints, queued)
    remembered.audit_told.connect(window.show_audit, queued)
    remembered.export_told.connect(window.show_export, queued)
    parts.actions.changed.connect(remembered.learn_of, queued)
    window.made.connect(remembered.learn)
    parts.credentials.renewed.connect(desk.ask_credentials_anew, queued)
    latest.chosen.connect(remembered.learn)

    if parts.configuration is not None:
        parts.configuration.told.connect(applying.take)

    # Wishes
    wishes.check_now.connect(desk.check_now)
    wishes.paused.connect(desk.pause)
    wishes.checks_asked.connect(parts.watching.check)
    wishes.environment_chosen.connect(latest.choose)
    wishes.open_asked.connect(desk.open_window)
    wishes.act_wanted.connect(window.ask_in_new_window)
    wishes.new_video_wanted.connect(window.ask_video_in_new_window)
    wishes.action_asked.connect(desk.actions.act)
    wishes.cancel_wanted.connect(desk.actions.cancel_by_tray)
    wishes.specification_asked.connect(parts.actions.fetch_specification)
    wishes.more_jobs_asked.connect(parts.archive.load)
    wishes.loading_stopped.connect(parts.archive.stop)
    wishes.audit_asked.connect(parts.remembered.read_audit)
    wishes.audit_export_asked.connect(parts.remembered.export_audit)
    wishes.quit_asked.connect(shutdown.quit, queued)
    tray.clicked.connect(window.toggle)
    tray.message_clicked.connect(desk.on_tray_message_clicked)
    parts.notifications.activated.connect(desk.on_alert_activated)
    signals.asked.connect(shutdown.quit, queued)
