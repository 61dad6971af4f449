"""Names that go into Google's paths and gcloud's arguments, checked before they do."""

import re

from avdesk.core.errors import ConfigError, UsageError
from avdesk.core.text import one_line
from avdesk.i18n import _

_PROJECT = re.compile(r"(?:[a-z0-9][a-z0-9.\-]{0,60}:)?[a-z0-9][a-z0-9\-]{1,62}")
_REGION = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){1,4}")
_NUMBER = re.compile(r"[0-9]{1,24}")


def check_project(project: str) -> str:
    """Return a project's id or number as it is. Raises ConfigError for what can be none."""
    if not _PROJECT.fullmatch(project):
        raise ConfigError(
            _("“{project}” is no Google Cloud project.").format(project=one_line(project, 60)),
            _("Set project to an id like av-8675309."),
        )
    return project


def check_region(region: str) -> str:
    """Return a region's name as it is. Raises ConfigError for what can be none."""
    if len(region) > 40 or not _REGION.fullmatch(region):
        raise ConfigError(
            _("“{region}” is no region.").format(region=one_line(region, 60)),
            _("Set regions to names like us-central1."),
        )
    return region


def check_number(number: str) -> str:
    """Return a job's number as it is. Raises UsageError for what can be none."""
    if not _NUMBER.fullmatch(number):
        raise UsageError(
            _("“{number}” is no job.").format(number=one_line(number, 60)),
            _("Name it like video-job-ab12cd34, or by its number at Vertex AI."),
        )
    return number
