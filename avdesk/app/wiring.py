"""Every connection between the parts of the desktop app, in one list."""

from PySide6.QtCore import Qt

from avdesk.app.applying import Applying
from avdesk.app.desktop import Desk, Parts
from avdesk.app.leaving import Leaving
from avdesk.app.quit_signals import QuitSignals
from avdesk.app.shutdown import Shutdown

QUEUED = Qt.ConnectionType.QueuedConnection
"""For what is told in another thread, and for what must not happen inside what tells it."""


def connect(parts: Parts, desk: Desk, applying: Applying, shutdown: Shutdown, signals: QuitSignals) -> None:
    """Connect the parts: news go up to those who show them, wishes down to those who fulfil them."""
    _connect_watching(parts, desk, applying)
    _connect_what_is_done(parts, desk)
    _connect_what_is_read(parts)
    _connect_desktop(parts, desk)
    _connect_wishes(parts, desk)
    leaving = Leaving(parts.window, shutdown, parent=desk)
    parts.front.wishes.quit_asked.connect(leaving.leave, QUEUED)
    signals.asked.connect(shutdown.quit, QUEUED)


def _connect_watching(parts: Parts, desk: Desk, applying: Applying) -> None:
    latest, window, tray = parts.front.latest, parts.window, parts.front.tray
    parts.watching.told.connect(latest.take)
    latest.current_changed.connect(tray.show_snapshot)
    latest.changed.connect(tray.note)
    latest.changed.connect(window.show_snapshot)
    latest.chosen.connect(window.show_environment)
    latest.changed.connect(desk.places.look_for_job)
    latest.happened.connect(parts.announcer.hear)
    latest.crashed.connect(desk.on_poller_crashed)
    parts.wake.woke.connect(desk.woke)
    parts.credentials.renewed.connect(desk.ask_credentials_anew, QUEUED)
    if parts.configuration is not None:
        parts.configuration.told.connect(applying.take)
        parts.configuration.told.connect(parts.settings.settings.look_again)
    parts.settings.settings.renewed.connect(desk.ask_credentials_anew, QUEUED)


def _connect_what_is_done(parts: Parts, desk: Desk) -> None:
    parts.actions.changed.connect(parts.window.show_action, QUEUED)
    parts.actions.changed.connect(desk.actions.on_changed, QUEUED)
    parts.actions.specified.connect(parts.window.show_specification, QUEUED)
    parts.actions.crashed.connect(desk.on_action_crashed, QUEUED)


def _connect_what_is_read(parts: Parts) -> None:
    window, remembered = parts.window, parts.remembered
    parts.archive.told.connect(window.show_older_jobs, QUEUED)
    parts.doctor.told.connect(window.show_doctor, QUEUED)
    remembered.endpoints_told.connect(remembered.take_endpoints, QUEUED)
    remembered.audit_told.connect(window.show_audit, QUEUED)
    remembered.export_told.connect(window.show_export, QUEUED)
    remembered.history_told.connect(window.show_history, QUEUED)
    remembered.history_export_told.connect(window.show_history, QUEUED)
    parts.actions.changed.connect(remembered.learn_of, QUEUED)
    window.made.connect(remembered.learn)
    parts.front.latest.chosen.connect(remembered.learn)


def _connect_desktop(parts: Parts, desk: Desk) -> None:
    tray, tray_host = parts.front.tray, parts.front.tray_host
    parts.notifications.refused.connect(desk.show_by_tray, QUEUED)
    parts.notifications.activated.connect(desk.on_alert_activated)
    tray_host.missing.connect(desk.on_tray_missing)
    tray_host.appeared.connect(desk.on_tray_appeared)
    tray.clicked.connect(parts.window.toggle)
    tray.message_clicked.connect(desk.on_tray_message_clicked)
    parts.crash_teller.told.connect(desk.show_crash, QUEUED)


def _connect_wishes(parts: Parts, desk: Desk) -> None:
    wishes, window = parts.front.wishes, parts.window
    wishes.check_now.connect(desk.check_now)
    wishes.paused.connect(desk.pause)
    wishes.checks_asked.connect(parts.watching.check)
    wishes.doctor_asked.connect(parts.doctor.examine)
    wishes.bundle_asked.connect(parts.doctor.gather)
    wishes.bundle_save_asked.connect(parts.doctor.save)
    wishes.environment_chosen.connect(parts.front.latest.choose)
    wishes.open_asked.connect(desk.open_window)
    wishes.act_wanted.connect(window.ask_in_new_window)
    wishes.new_video_wanted.connect(window.ask_video_in_new_window)
    wishes.action_asked.connect(desk.actions.act)
    wishes.cancel_wanted.connect(desk.actions.cancel_by_tray)
    wishes.specification_asked.connect(parts.actions.fetch_specification)
    wishes.more_jobs_asked.connect(parts.archive.load)
    wishes.loading_stopped.connect(parts.archive.stop)
    wishes.log_wanted.connect(desk.show_log)
    wishes.audit_asked.connect(parts.remembered.read_audit)
    wishes.audit_export_asked.connect(parts.remembered.export_audit)
    wishes.history_asked.connect(parts.remembered.read_history)
    wishes.history_export_asked.connect(parts.remembered.export_history)
