"""`logs`: what the app, the render jobs, AVDesk itself or a file said, followed or searched.

With ``--json`` each entry is one line, a JSON object whose keys are always all there:

``time``
    when it was written, RFC 3339 in UTC with ``Z``; null when not known.
``severity``
    ``DEBUG`` to ``EMERGENCY``, as Cloud Logging names them; null when the entry does not say.
``source``
    ``app``, ``job:<video-job-…>``, ``batch:<execution>``, ``file:<path>`` or ``avdesk``.
``job``
    the ``video-job-…`` that it is about; null when not known.
``text``
    what it says, secrets masked; of several lines where it has them, as a traceback.
``payload``
    the JSON object that it holds, secrets masked; null without one.
``insert_id``
    what Cloud Logging calls it; null elsewhere.

A search that finds nothing prints nothing and ends with 0: the exit code 1 is for what was found to be bad.
"""

import click

from avdesk.cli.commands import Group
from avdesk.i18n import _


def build() -> click.Command:
    """Return the commands about logs."""
    return Group(
        name="logs",
        modules={"tail": "avdesk.cli.log_tail:build", "search": "avdesk.cli.log_search:build"},
        about=_(
            "Read what was logged: by the AutoVideo app and its render jobs, by AVDesk itself, or in a file of any "
            "format. Secrets are masked."
        ),
    )
