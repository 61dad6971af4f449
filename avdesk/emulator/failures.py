"""How runs and jobs fail, in the words that users met."""

from dataclasses import dataclass
from typing import Literal

FALLBACK_TOO = (
    "Fast render fallback also failed: Failed to stage assets for VM render. "
    "This is a cloud-native app with no local processing fallback."
)
TIMEOUT_MESSAGE = "Job did not complete within 3600 seconds"

RESOURCE_EXHAUSTED = 8
CANCELLED = 1
DEADLINE_EXCEEDED = 4
"""gRPC codes, as a CustomJob's error carries them."""


@dataclass(frozen=True, slots=True)
class PhaseFailure:
    """A run that fails before it has a render job.

    Attributes:
        phase: in which.
        text: what the status says after ``error: ``.
        exception: the last line of the traceback in the log.
    """

    phase: str
    text: str
    exception: str


@dataclass(frozen=True, slots=True)
class JobFailure:
    """A CustomJob that fails.

    Attributes:
        code: the gRPC code of its error.
        message: the error's message; ``{project}``, ``{job}``, ``{timeout}`` and ``{metric}``
            stand for the job's own.
        when: whether it still waits for its machine.
        traceback: what the container wrote, empty for nothing.
    """

    code: int
    message: str
    when: Literal["waiting", "running"] = "running"
    traceback: str = ""


PHASE_FAILURES = (
    PhaseFailure(
        "story_generation",
        "Story generation failed: Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o in "
        "organization org-emulated on tokens per min (TPM): Limit 30000, Used 29540, Requested 1480. Please try "
        "again in 2.04s.', 'type': 'tokens', 'param': None, 'code': 'rate_limit_exceeded'}}",
        "openai.RateLimitError: Error code: 429 - {'error': {'code': 'rate_limit_exceeded'}}",
    ),
    PhaseFailure(
        "story_generation", "Story generation failed: Request timed out.", "openai.APITimeoutError: timed out"
    ),
    PhaseFailure(
        "image_generation",
        "Image generation failed: Error code: 400 - {'error': {'code': 'content_policy_violation', 'message': "
        "'Your request was rejected as a result of our safety system.',\n 'param': None}}",
        "openai.BadRequestError: Error code: 400 - {'error': {'code': 'content_policy_violation'}}",
    ),
    PhaseFailure(
        "voiceover_generation",
        "Voiceover generation failed: status_code: 401, body: {'detail': {'status': 'quota_exceeded', 'message': "
        "'This request exceeds your quota of 10000. You have 21 credits remaining, while 1173 credits are required "
        "for this request.'}}",
        "elevenlabs.core.api_error.ApiError: status_code: 401, body: {'detail': {'status': 'quota_exceeded'}}",
    ),
    PhaseFailure(
        "voiceover_generation",
        "Voiceover generation failed: Your default credentials were not found. To set up Application Default "
        "Credentials, see https://cloud.google.com/docs/authentication/external/set-up-adc for more information.",
        "google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found.",
    ),
    PhaseFailure(
        "video_creation",
        "Video creation failed - Vertex AI error: VertexGPUJobService not initialized. " + FALLBACK_TOO,
        "RuntimeError: VertexGPUJobService not initialized",
    ),
    PhaseFailure(
        "video_creation",
        "Video creation failed - Vertex AI error: 403 Permission 'aiplatform.customJobs.create' denied on resource "
        "'//aiplatform.googleapis.com/projects/av-8675309/locations/us-central1' (or it may not exist). "
        + FALLBACK_TOO,
        "google.api_core.exceptions.PermissionDenied: 403 Permission 'aiplatform.customJobs.create' denied",
    ),
)

_EXITED = (
    "The replica workerpool0-0 exited with a non-zero status of {status}. Termination reason: Error. To find out "
    "more about why your job exited please check the logs: https://console.cloud.google.com/logs/viewer?"
    "project={{project}}&resource=ml_job%2Fjob_id%2F{{job}}"
)

NO_MOVIEPY = JobFailure(
    3,
    _EXITED.format(status=1),
    traceback="Traceback (most recent call last):\n"
    '  File "/app/gpu_worker.py", line 21, in <module>\n'
    "    from moviepy.editor import AudioFileClip, ImageClip, concatenate_videoclips\n"
    "ModuleNotFoundError: No module named 'moviepy.editor'",
)
OUT_OF_MEMORY = JobFailure(
    3,
    _EXITED.format(status=137),
    traceback="[h264_nvenc @ 0x55d0c8a4f2c0] OpenEncodeSessionEx failed: out of memory (10)\n"
    "Error initializing output stream 0:0 -- Error while opening encoder",
)
NO_QUOTA = JobFailure(
    RESOURCE_EXHAUSTED,
    "The following quota metrics exceed quota limits: aiplatform.googleapis.com/{metric}",
    when="waiting",
)
NO_PERMISSION = JobFailure(
    7,
    "Permission denied: service account av@{project}.iam.gserviceaccount.com does not have storage.objects.get "
    "access to the Google Cloud Storage object.",
    when="waiting",
)
TIMED_OUT = JobFailure(DEADLINE_EXCEEDED, "The CustomJob has exceeded its timeout of {timeout}.")
JOB_FAILURES = (NO_MOVIEPY, OUT_OF_MEMORY, NO_PERMISSION)


def vertex_failed(status: str, job_id: str, message: str) -> str:
    """Return what the server's status says after ``error: `` when a render job ended badly."""
    details = {"status": status, "job_id": job_id, "message": message}
    return f"Video creation failed - Vertex AI error: Vertex AI job failed: {details}. {FALLBACK_TOO}"
