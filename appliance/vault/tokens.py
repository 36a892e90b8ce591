"""Sign-in tokens: signed with a key of the vault, so that nothing has to be remembered for each of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from itsdangerous import BadData, URLSafeSerializer


@dataclass(frozen=True)
class Token:
    """Who signed in. `generation` is the account's then: a new secret ends older tokens. `until` is UTC seconds."""

    role: str
    subject: str
    generation: int
    until: float | None  # None: a screen, which stays until it gets a new link


class Tokens:
    """Writes and reads tokens. Whether one still stands is for `Credentials` to say."""

    def __init__(self, key: bytes) -> None:
        self._serializer = URLSafeSerializer(key, salt="sign-in")

    def write(self, token: Token) -> str:
        """The token as text for a cookie."""
        return self._serializer.dumps(asdict(token))

    def read(self, text: str) -> Token | None:
        """The token, or None if it was not written with our key."""
        try:
            return Token(**self._serializer.loads(text))
        except (BadData, TypeError):
            return None
