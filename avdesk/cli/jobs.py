"""`jobs`: see the jobs at Vertex AI, and act on them."""

import click

from avdesk.cli.commands import Group
from avdesk.i18n import _


def build() -> click.Command:
    """Return the commands about jobs."""
    return Group(
        name="jobs",
        modules={
            "list": "avdesk.cli.job_looks:build_list",
            "show": "avdesk.cli.job_looks:build_show",
            "wait": "avdesk.cli.job_looks:build_wait",
            "cancel": "avdesk.cli.job_acts:build_cancel",
            "retry": "avdesk.cli.job_acts:build_retry",
            "restart": "avdesk.cli.job_acts:build_restart",
        },
        about=_(
            "See the jobs at Vertex AI, and act on them. A job is named by its id (video-job-ab12cd34), the "
            "beginning of it, its number, or its full resource name."
        ),
    )
