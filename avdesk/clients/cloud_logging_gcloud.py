"""Cloud Logging through ``gcloud logging read``: for machines where only gcloud is set up to reach it."""

import json

from avdesk.clients.cloud_logging import LARGEST_PAGE, MAX_DEPTH, EntriesPage, Search, stale_page
from avdesk.clients.gcloud import DEADLINE_S, Gcloud
from avdesk.clients.gcloudtext import explain
from avdesk.clients.names import check_project
from avdesk.clients.reply import read_json
from avdesk.core import wire
from avdesk.core.logentry import LogEntry, read_entries

_FORMAT = (
    "json(insertId,logName,resource,timestamp,receiveTimestamp,severity,labels,textPayload,jsonPayload,protoPayload,"
    "httpRequest.requestMethod,httpRequest.requestUrl,httpRequest.status,httpRequest.latency)"
)


class LoggingGcloud:
    """Asks by gcloud, a process for each page."""

    def __init__(self, project: str, gcloud: Gcloud, *, deadline_s: float = DEADLINE_S) -> None:
        """Prepare; nothing is run.

        Args:
            project: id or number.
            gcloud: runs the commands, with the endpoint overrides in its environment.
            deadline_s: of each command.

        Raises:
            ConfigError: the project's id is none.
        """
        self._project = check_project(project)
        self._gcloud = gcloud
        self._deadline_s = deadline_s

    @property
    def way(self) -> str:
        """How it asks."""
        return "gcloud"

    def read(self, search: Search) -> EntriesPage:
        """Return one page, as `LogReader` has it.

        gcloud knows no pages: the next one is what lies behind the last entry, by its time and id.
        """
        limit = max(1, min(search.limit, LARGEST_PAGE))
        condition = search.filter
        if search.after:
            condition += " AND " + _behind(search.after, newest_first=search.newest_first)
        output = self._gcloud.run(
            [
                *("logging", "read", condition, f"--limit={limit}", f"--format={_FORMAT}"),
                f"--order={'desc' if search.newest_first else 'asc'}",
                *(f"--project={self._project}", "--quiet"),
            ],
            deadline_s=self._deadline_s,
        )
        if output.code != 0:  # a failed command prints an empty list, too
            raise explain(output.stderr, output.code)
        raws = wire.as_list(read_json(output.stdout, deepest=MAX_DEPTH)) if output.stdout.strip() else []
        entries = read_entries(raws)
        return EntriesPage(entries, _mark(entries) if len(raws) >= limit else "")

    def abort(self) -> None:
        """End the commands that run, and refuse later ones."""
        self._gcloud.abort()


def _mark(entries: tuple[LogEntry, ...]) -> str:
    """Return where the next page begins: the last entry that has a time; empty where none has."""
    last = next((entry for entry in reversed(entries) if entry.nanos is not None), None)
    if last is None or last.nanos is None:
        return ""
    return json.dumps([last.nanos, last.insert_id or ""])


def _behind(mark: str, *, newest_first: bool) -> str:
    try:
        nanos, insert_id = json.loads(mark)
        moment = wire.rfc3339_nanos(int(nanos))
        quoted = str(insert_id).replace("\\", "\\\\").replace('"', '\\"')
    except (ValueError, TypeError, OverflowError):
        raise stale_page() from None
    sign = "<" if newest_first else ">"
    return f'((timestamp="{moment}" AND insertId{sign}"{quoted}") OR timestamp{sign}"{moment}")'
