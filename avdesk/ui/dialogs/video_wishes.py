"""What videos were asked for: the last one, topics to choose from again, and presets with a name."""

import json
from dataclasses import asdict, dataclass

from avdesk.core import wire
from avdesk.core.text import one_line
from avdesk.ui.geometry import Store

LAST_KEY, TOPICS_KEY, PRESETS_KEY = "video/last", "video/topics", "video/presets"
MOST_TOPICS, MOST_PRESETS = 20, 20
LONGEST_TOPIC, _LONGEST_NAME = 500, 40


@dataclass(frozen=True, slots=True)
class VideoWish:
    """A video as somebody wants it.

    Attributes:
        topic: what it is about.
        seconds: its length; 0 leaves that to the server.
        voice: ``elevenlabs``, ``google``, or empty to leave it to the server.
    """

    topic: str = ""
    seconds: int = 0
    voice: str = ""


class VideoWishes:
    """Keeps what was wished for in a store."""

    def __init__(self, store: Store) -> None:
        """Take up what `store` holds; what cannot be read counts as nothing."""
        self._store = store

    def last(self) -> VideoWish:
        """Return the last wish, an empty one before any."""
        return _wish(_read(self._store.value(LAST_KEY))) or VideoWish()

    def topics(self) -> list[str]:
        """Return the topics asked for, the last one first."""
        found = _read(self._store.value(TOPICS_KEY))
        texts = [one_line(text, LONGEST_TOPIC) for text in wire.as_list(found) if isinstance(text, str)]
        return list(dict.fromkeys(text for text in texts if text))[:MOST_TOPICS]

    def presets(self) -> dict[str, VideoWish]:
        """Return the presets by their names."""
        found = _read(self._store.value(PRESETS_KEY))
        pairs = list(wire.as_object(found).items())[:MOST_PRESETS]
        wishes = {one_line(name, _LONGEST_NAME): _wish(raw) for name, raw in pairs}
        return {name: wish for name, wish in wishes.items() if name and wish is not None}

    def remember(self, wish: VideoWish) -> None:
        """Keep a wish as the last one, and its topic among those to choose from."""
        self._store.setValue(LAST_KEY, json.dumps(asdict(wish), ensure_ascii=False))
        topics = list(dict.fromkeys([wish.topic, *self.topics()]))[:MOST_TOPICS]
        self._store.setValue(TOPICS_KEY, json.dumps(topics, ensure_ascii=False))

    def refusal(self, name: str) -> bool:
        """Return whether there is no room for another preset of that name."""
        presets = self.presets()
        return name not in presets and len(presets) >= MOST_PRESETS

    def save_preset(self, name: str, wish: VideoWish) -> None:
        """Keep a preset in place of one of the same name."""
        self._keep_presets(self.presets() | {one_line(name, _LONGEST_NAME): wish})

    def remove_preset(self, name: str) -> None:
        """Forget a preset."""
        self._keep_presets({known: wish for known, wish in self.presets().items() if known != name})

    def _keep_presets(self, presets: dict[str, VideoWish]) -> None:
        kept = {name: asdict(wish) for name, wish in presets.items()}
        self._store.setValue(PRESETS_KEY, json.dumps(kept, ensure_ascii=False))


def _read(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _wish(raw: object) -> VideoWish | None:
    if not isinstance(raw, dict):
        return None
    topic, seconds, voice = raw.get("topic"), raw.get("seconds"), raw.get("voice")
    if not isinstance(topic, str) or not isinstance(seconds, int) or not isinstance(voice, str):
        return None
    return VideoWish(one_line(topic, LONGEST_TOPIC), max(0, min(seconds, 3600)), voice)
