"""One poll of three regions: AVDesk's REST client in a process that runs, against gcloud, as people poll by hand."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.grants import FixedSource
from avdesk.clients.transport import Transport
from avdesk.clients.vertex_rest import VertexRest
from benchmarks.figures import Figure
from benchmarks.processes import timed
from benchmarks.turns import in_turn
from benchmarks.world import REGIONS, World

POLLS = 100
"""Polls of ours in one measurement: one alone is shorter than what the kernel counts in."""

LIMIT = 20
"""Jobs of each region, as a watch asks for them."""


def polling(world: World, rounds: int, note: Callable[[str], None]) -> list[Figure]:
    """Measure the CPU time of one poll of three regions."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        note("polling: skipped, gcloud is not installed")
        return []
    environment = _gcloud_variables(world)
    transport = Transport()
    client = VertexRest(
        world.project,
        REGIONS,
        transport,
        GoogleCredentials(transport, only=FixedSource(world.token)),
        endpoint=world.google_url,
    )

    def theirs() -> float:
        return 1000 * sum(_gcloud_list(gcloud, region, environment) for region in REGIONS)

    try:
        ours, others = in_turn(lambda: 1000 * _rest_list(client), theirs, max(1, rounds // 2))
    finally:
        client.close()
        transport.close()
    against = "gcloud ai custom-jobs list"
    return [Figure("polling", "CPU of one poll of 3 regions", "ms", tuple(ours), tuple(others), against, 0.01, 0.01)]


def _rest_list(client: VertexRest) -> float:
    """Return the CPU seconds of one poll."""
    before = os.times()
    for _poll in range(POLLS):
        found = client.list_jobs(REGIONS, limit=LIMIT)
        if found.failures or not found.jobs:
            raise RuntimeError(f"the poll brought {len(found.jobs)} jobs and {dict(found.failures)}")
    after = os.times()
    return (after.user + after.system - before.user - before.system) / POLLS


def _gcloud_list(gcloud: str, region: str, environment: dict[str, str]) -> float:
    """Return the CPU seconds of gcloud and of what it starts."""
    argv = [gcloud, "ai", "custom-jobs", "list", f"--region={region}", f"--limit={LIMIT}", "--format=json"]
    _wall, used = timed(argv, environment)
    return used


def _gcloud_variables(world: World) -> dict[str, str]:
    """Return the variables with which gcloud asks the embedded Vertex AI, with a configuration of its own."""
    token = Path(world.folder) / "token"
    token.write_text(world.token, encoding="ascii")
    token.chmod(0o600)
    return world.environment() | {
        "CLOUDSDK_CONFIG": str(world.folder / "gcloud"),
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token),
        "CLOUDSDK_CORE_PROJECT": world.project,
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_FILE_LOGGING": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM": f"{world.google_url}/",
    }
