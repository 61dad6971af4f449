"""A configuration text to give away: the file should hold no secrets, but people write them into files."""

from avdesk.config.changes import is_secret_name, without_user
from avdesk.config.document import Document, leaves
from avdesk.config.statements import comments_in
from avdesk.core.redact import redact


def without_secrets(text: str, heading: str) -> str:
    """Return a text without what may be a secret, in values and comments, under a comment that says `heading`.

    Raises:
        ConfigError: the text is damaged.
    """
    document = Document(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    document.check_sound()
    for path, value in leaves(document.tables()):
        if any(map(is_secret_name, path)):
            document.unset(path)
            continue
        harmless = _harmless(value)
        if harmless != value:
            document.put(path, harmless)
    clean = document.text
    for comment in sorted(set(comments_in(clean)), key=len, reverse=True):
        masked = without_user(redact(comment))
        if masked != comment:
            clean = clean.replace(comment, masked)
    return f"# {heading}\n\n{clean}"


def _harmless(value: object) -> object:
    if isinstance(value, str):
        return redact(without_user(value, ""))
    if isinstance(value, list):
        return [_harmless(each) for each in value]
    if isinstance(value, dict):
        return {key: "" if is_secret_name(key) else _harmless(each) for key, each in value.items()}
    return value
