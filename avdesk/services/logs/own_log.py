"""AVDesk's own log as a source."""

from avdesk.config.paths import Paths
from avdesk.core.logline import OWN
from avdesk.services.logs.file_source import FileSource


def own_log_source(paths: Paths, *, follow: bool = True) -> FileSource:
    """Return the source of AVDesk's own log; the file comes into being with the first warning."""
    return FileSource(paths.log_file, follow=follow, source=OWN)
