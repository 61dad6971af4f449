"""Making logs in AutoVideo's format: a large one, or one that grows.

``python -m benchmarks.logs_file grow FILE LINES_A_SECOND`` appends to a file for some seconds.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

LINES = 10_000_000
FOLLOWED_S = 10
_PATTERN = 20_000
"""Lines after which the texts repeat, with other times."""

_START = 1_793_500_000.0
_STEP_S = 0.05
_LOGGERS = ("main", "story_generator", "image_gen", "voiceover", "vertex_gpu", "uploader", "werkzeug")
_TEXTS = (
    "Generating image {n} of 24 with prompt a lighthouse in heavy rain, cinematic",
    "GET /status HTTP/1.1 200 in {n} ms from 10.0.0.{n}",
    "Vertex AI job video-job-{h:08x} is PENDING in us-central1, waiting for a GPU",
    "Uploaded gs://av-bucket/jobs/video-job-{h:08x}/img_{n}.png to storage in {n} ms",
    "Synthesised voiceover part {n} with elevenlabs, 48 kHz, {n:02}.{m:02} s",
)
_FAILURE = (
    "ElevenLabs said 401 quota_exceeded",
    "Traceback (most recent call last):",
    '  File "/app/main.py", line 210, in run',
    "    raise VoiceoverError(answer)",
    "VoiceoverError: quota_exceeded",
)
_NO_GPU = "RESOURCE_EXHAUSTED: no NVIDIA_L4 left in us-central1"


def write_log(path: Path, lines: int = LINES) -> None:
    """Write a log of about so many lines, some more, as real ones are: with levels, tracebacks and long runs."""
    texts = list(_texts())
    written, moment = 0, _START
    with path.open("wb", buffering=1 << 20) as file:
        while written < lines:
            stamps = _stamps(moment, len(texts))
            content = "".join([stamp + text for stamp, text in zip(stamps, texts, strict=True)])
            file.write(content.encode())
            written += content.count("\n")
            moment += len(texts) * _STEP_S


def _texts() -> Iterator[str]:
    for nth in range(_PATTERN):
        mixed = (nth * 2_654_435_761) % 4_294_967_296  # spread without chance, so that every run reads the same
        logger, share = _LOGGERS[mixed % len(_LOGGERS)], mixed / 4_294_967_296
        if share < 0.002:
            yield f" - {logger} - ERROR - " + "\n".join(_FAILURE if nth % 2 else (_NO_GPU,)) + "\n"
            continue
        level = "WARNING" if share < 0.02 else "DEBUG" if share < 0.1 else "INFO"
        text = _TEXTS[nth % len(_TEXTS)].format(n=mixed % 97 + 1, m=mixed % 60, h=mixed)
        yield f" - {logger} - {level} - {text}\n"


def _stamps(moment: float, count: int) -> Iterator[str]:
    second, named = -1, ""
    for nth in range(count):
        at = moment + nth * _STEP_S
        if int(at) != second:
            second = int(at)
            named = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))
        yield f"{named},{int(at * 1000) % 1000:03}"


def _grow(path: Path, rate: int) -> None:
    """Append so many lines a second, each with the moment at which it was written."""
    tail = " - main - INFO - Rendering a frame of the video on the GPU that was waited for\n"
    began = time.time()
    written = 0
    with path.open("ab", buffering=0) as file:
        while (elapsed := time.time() - began) < FOLLOWED_S:
            due = int(elapsed * rate) - written
            if due > 0:
                now = time.time()
                stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now)) + f",{int(now * 1000) % 1000:03}"
                file.write((stamp + tail).encode() * due)
                written += due
            time.sleep(0.002)
        file.write(b"the end\n")


if __name__ == "__main__":
    _grow(Path(sys.argv[2]), int(sys.argv[3]))
