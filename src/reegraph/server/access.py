"""Who may write: bearer tokens, kept as hashes and compared in constant time; how often a client may ask."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reegraph.errors import UsageError
from reegraph.server.refusal import Refusal

READ_ONLY: Final = (
    "the built graph is never written to: change data/ and build anew, or load an export into a store."
)
_HASHED: Final = re.compile(r"sha256:(?:([0-9a-f]{64})\Z)?", re.IGNORECASE)
_SHORTEST: Final = 8  # characters of a secret
_CLIENTS: Final = 10_000  # whose rate is remembered


class Tokens:
    """Named secrets. One may be given as ``sha256:`` and its hexadecimal hash, so that it is written nowhere.

    >>> Tokens(["alice=correct horse"]).holder("Bearer correct horse")
    'alice'
    """

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._salt = secrets.token_bytes(16)
        self._hashes: dict[str, bytes] = {}
        for pair in given:
            name, equals, secret = pair.partition("=")
            if not (name and equals and len(secret) >= _SHORTEST):
                raise UsageError(
                    f"the token {name!r} is not NAME=SECRET with a secret of {_SHORTEST} characters or more"
                )
            hashed = _HASHED.match(secret)
            if hashed and not hashed[1]:
                raise UsageError(f"the token {name!r} has no 64 hexadecimal digits after sha256:")
            if name in self._hashes:
                raise UsageError(f"there are two tokens {name!r}: give each a name of its own")
            plain = bytes.fromhex(hashed[1]) if hashed else hashlib.sha256(secret.encode()).digest()
            self._hashes[name] = self._salted(plain)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def holder(self, authorization: str) -> str:
        """The name of the token in an Authorization header; Refusal (401) when it has none of these."""
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise _unauthorized("writing wants a token: send Authorization: Bearer SECRET", "")
        given = self._salted(hashlib.sha256(secret.strip().encode()).digest())
        found = [name for name, held in self._hashes.items() if hmac.compare_digest(held, given)]
        if not found:
            raise _unauthorized("this token is not known here", ', error="invalid_token"')
        return found[0]

    def _salted(self, digest: bytes) -> bytes:
        return hmac.digest(self._salt, digest, "sha256")


def read_tokens(given: Iterable[str], environment: Mapping[str, str], file: Path | None = None) -> Tokens:
    """The tokens of the command line, of REEGRAPH_TOKENS and of a file: one NAME=SECRET a line, # remarks.

    Raises UsageError for one that is none, or a file that cannot be read.
    """
    pairs = [*given, *environment.get("REEGRAPH_TOKENS", "").split()]
    if file:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: cannot be read: {error}") from error
        pairs += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return Tokens(pairs)


class Rate:
    """At most `often` requests a second of one client, with a burst of twice that; 0 lets all pass."""

    def __init__(self, often: float = 0) -> None:
        self._often = often
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # when, how many were left

    def take(self, client: str) -> None:
        """Count a request of a client; Refusal (429) when there have been too many."""
        if not self._often:
            return
        now = time.monotonic()
        burst = max(2 * self._often, 1.0)
        before, left = self._left.get(client, (now, burst))
        left = min(burst, left + (now - before) * self._often)
        self._left[client] = (now, max(left - 1, 0.0) if left >= 1 else left)
        self._left.move_to_end(client)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) / self._often))
            raise Refusal(
                429,
                "too-many-requests",
                f"more than {self._often:g} requests a second. Try again in {wait} s.",
                {"Retry-After": str(wait)},
            )


def _unauthorized(message: str, what: str) -> Refusal:
    return Refusal(401, "unauthorized", message, {"WWW-Authenticate": f'Bearer realm="reegraph"{what}'})


@dataclass(frozen=True)
class Policy:
    """Who may do what: tokens for writing, requests a second of one client, why nothing is written."""

    tokens: Tokens = field(default_factory=Tokens)
    rate: float = 0
    read_only: str = READ_ONLY
