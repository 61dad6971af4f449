"""What widgets ask for. Nobody above the window knows its widgets: they speak of their wishes here alone."""

from PySide6.QtCore import QObject, Signal


class Wishes(QObject):
    """The wishes of tray and window; the app connects them to those who can fulfil them.

    Signals:
        check_now: ask the environment of that name at once.
        paused: stop (True) or go on (False) asking the environment of that name.
        environment_chosen: show the environment of that name.
        open_asked: show the window.
        quit_asked: end the program.
        act_wanted: a verb (`ActionKind`) for some jobs (a tuple of `Job`, empty for the server) of that environment;
            the window says what it means, asks where it must, and then emits `action_asked`.
        cancel_wanted: a `Job` of that environment was chosen in the tray to be cancelled; nobody was asked yet.
        action_asked: do this now (`ActionRequest`): everything that had to be asked has been asked.
        new_video_wanted: open the form for a new video in that environment.
        specification_asked: fetch the whole CustomJob of this `Job` of that environment; the answer goes to
            `MainWindow.show_specification`.
        more_jobs_asked: load older jobs of that environment until so many are known; pages go to
            `MainWindow.show_older_jobs`.
        log_wanted: show the log of this `Job` of that environment, at the line that says why it failed.
        loading_stopped: load no more older jobs of that environment.
        audit_wanted: show what was done in that environment.
        audit_asked: read the audit list of that environment (an empty name: of all), at most so many records; it
            goes to the window's asker.
        history_asked: read the past runs of that environment, at most so many; they go to
            `MainWindow.show_history`.
        history_export_asked: write past runs (a tuple of `Run`) of that environment to the file of that path.
        job_wanted: show the job of that id of that environment on the Jobs page.
        audit_export_asked: write the audit list of that environment (an empty name: of all) to the file of that path.
        checks_asked: ask those health checks (a tuple of names; empty: all) of that environment at once.
        doctor_wanted: open the doctor's window.
        doctor_asked: examine this machine and all environments; what is found goes to the window's doctor.
        bundle_asked: put the diagnostics together; their contents go to the window's doctor, to be looked at first.
        bundle_save_asked: write the diagnostics that were put together to the file of that path.
    """

    check_now = Signal(str)
    paused = Signal(str, bool)
    environment_chosen = Signal(str)
    open_asked = Signal()
    quit_asked = Signal()
    act_wanted = Signal(str, object, object)
    cancel_wanted = Signal(str, object)
    action_asked = Signal(object)
    new_video_wanted = Signal(str)
    specification_asked = Signal(str, object)
    more_jobs_asked = Signal(str, int)
    log_wanted = Signal(str, object)
    loading_stopped = Signal(str)
    audit_wanted = Signal(str)
    audit_asked = Signal(str, int)
    audit_export_asked = Signal(str, str)
    history_asked = Signal(str, int)
    history_export_asked = Signal(str, str, object)
    job_wanted = Signal(str, str)
    checks_asked = Signal(str, object)
    doctor_wanted = Signal()
    doctor_asked = Signal()
    bundle_asked = Signal()
    bundle_save_asked = Signal(str)
