"""Who is let in to the AutoVideo server: everybody, who knows its token, or who IAM says may call it.

As on Cloud Run, the door is before the server: what it refuses never counts against the rate limit. Without a token
the answer is 403, with one that is not good 401, both as web pages.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from avdesk.emulator.exchange import Answer, Request


@dataclass(slots=True)
class Access:
    """The door; may be changed at any time.

    Attributes:
        token: the one token that is let in; None: none is asked for.
        audience_of: returns for whom an identity token is, None for one that is not good; None: IAM is not asked.
        audience: returns the server's own address, for which an identity token must be.
    """

    token: str | None = None
    audience_of: Callable[[str], str | None] | None = None
    audience: Callable[[], str] | None = None

    def refusal(self, request: Request) -> Answer | None:
        """Return the answer to who is not let in, None for who is."""
        if self.token is None and self.audience_of is None:
            return None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        given = given.strip()
        if scheme.lower() != "bearer" or not given:
            return forbidden()
        if self.token is not None:
            same = hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())
            return None if same else unauthorized("The access token could not be verified")
        assert self.audience_of is not None
        audience = self.audience_of(given)
        if audience is None or self.audience is None or audience != self.audience():
            return unauthorized("The access token could not be verified")
        return None


def forbidden() -> Answer:
    """Return Cloud Run's answer to a request without a right to call."""
    body = "<html><head>\n<title>403 Forbidden</title>\n</head>\n<body><h1>Error: Forbidden</h1>\n"
    body += "<h2>Your client does not have permission to get URL from this server.</h2></body></html>\n"
    return Answer(403, body.encode(), "text/html; charset=UTF-8")


def unauthorized(why: str) -> Answer:
    """Return Cloud Run's answer to a token that is not good."""
    body = "<html><head>\n<title>401 Unauthorized</title>\n</head>\n"
    body += "<body><h1>Error: Unauthorized</h1></body></html>\n"
    headers = {"WWW-Authenticate": f'Bearer error="invalid_token" error_description="{why}"'}
    return Answer(401, body.encode(), "text/html; charset=UTF-8", headers)
