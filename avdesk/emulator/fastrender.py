"""Revision A's fast render machines: /render-fallback starts one at Compute Engine, /vm-status lists them."""

from dataclasses import dataclass

from avdesk.emulator.clock import Steps
from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.flasklike import json_answer
from avdesk.emulator.world import World

_NO_ACCOUNT = (
    "ERROR: (gcloud.compute.instances.list) You do not currently have an active account selected.\nPlease run:\n\n"
    "  $ gcloud auth login\n\nto obtain new credentials.\n\nIf you have already logged in with a different account, "
    "run:\n\n  $ gcloud config set account ACCOUNT\n\nto select an already authenticated account to use.\n"
)
BOOT_S, RENDER_PER_VIDEO_S = 40.0, 2.0
DEFAULT_LENGTH_S = 180.0


@dataclass(slots=True)
class _Machine:
    name: str
    status: str = "PROVISIONING"


class FastRender:
    """The machines; whoever calls holds the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._machines: list[_Machine] = []

    def launch(self, request: Request) -> Answer:
        """Start a machine, unless the machines cannot be reached at all."""
        state = self._world.pipeline.state
        if "vm-status" in self._world.circumstances.failing:
            state.status = "fast render launch failed: gcloud has no active account"
            return json_answer(500, {"error": "Failed to launch fast render VM", "details": _NO_ACCOUNT})
        body = request.json()
        length = body.get("video_length_s") if isinstance(body, dict) else None
        seconds = float(length) if isinstance(length, int | float) and 0 < length <= 36000 else DEFAULT_LENGTH_S
        machine = _Machine(f"av-render-{self._world.draw_hex(32)}")
        self._machines.append(machine)
        state.status = "launching fast render VM"
        self._world.run(self._life(machine, seconds))
        return json_answer(200, {"status": "launched", "vm_name": machine.name, "zone": "us-central1-a"})

    def status(self, _request: Request) -> Answer:
        """List the machines; a failure is told with 200 too."""
        if "vm-status" in self._world.circumstances.failing:
            return json_answer(200, {"details": _NO_ACCOUNT, "error": "Failed to check VM status"})
        vms = [{"name": vm.name, "status": vm.status, "zone": "us-central1-a"} for vm in self._machines]
        return json_answer(200, {"vm_count": len(vms), "vms": vms})

    def _life(self, machine: _Machine, video_s: float) -> Steps:
        state, speed = self._world.pipeline.state, self._world.options.speed
        yield BOOT_S / speed
        machine.status = "RUNNING"
        state.status = f"fast render VM active: {machine.name}"
        yield video_s * RENDER_PER_VIDEO_S / speed
        if state.status.endswith(machine.name):
            state.status = "completed"
        self._machines.remove(machine)
