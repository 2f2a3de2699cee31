"""Requests that are refused: an error that knows its HTTP status, its code and its headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reegraph.errors import ReegraphError


class Refusal(ReegraphError):
    """A request that is answered with `status`; `code` is its short name in the JSON body."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.code, self.headers = status, code, dict(headers or {})
        super().__init__(message)


def status_of(error: ReegraphError) -> int:
    """The HTTP status of an error."""
    return error.status if isinstance(error, Refusal) else error.http_status


def bad_request(message: str) -> Refusal:
    """400: the request contradicts itself or lacks something."""
    return Refusal(400, "bad-request", message)


def forbidden(message: str) -> Refusal:
    """403: understood, and not done here; the message says why."""
    return Refusal(403, "forbidden", message)


def not_allowed(method: str, allowed: str) -> Refusal:
    """405 with its Allow header."""
    return Refusal(
        405, "method-not-allowed", f"{method} is not answered here; allowed: {allowed}", {"Allow": allowed}
    )


def not_acceptable(what: str, offered: Iterable[str]) -> Refusal:
    """406 with the list of what is offered."""
    listed = ", ".join(dict.fromkeys(offered))
    return Refusal(
        406,
        "not-acceptable",
        f"{what} in none of the forms asked for; offered: {listed}. Change Accept or ?format=.",
    )


def too_large(limit: int) -> Refusal:
    """413: the query or body is longer than `limit` bytes."""
    return Refusal(413, "too-large", f"what was sent is longer than {limit} bytes. Shorten it or split it.")


def packed_body(coding: str) -> Refusal:
    """415: the body is packed (RFC 9110, 15.5.16)."""
    message = f"a body packed with {coding[:20]} is not read here; send it as it is."
    return Refusal(415, "unsupported-content-encoding", message, {"Accept-Encoding": "identity"})


def unsupported(given: str, taken: Iterable[str]) -> Refusal:
    """415 with the media types that are taken, which stand in Accept-Post too."""
    listed = ", ".join(taken)
    message = f"a body of type {given or 'none'} is not read here; send one of: {listed} (UTF-8)."
    return Refusal(415, "unsupported-media-type", message, {"Accept-Post": listed})
