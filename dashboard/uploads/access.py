"""Who may write through the page. There is no login, so the page takes files from this machine alone unless told."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request

from dashboard.errors import WriteRefusedError

__all__ = ["check", "is_loopback", "may_write"]

_REMEDY = "Start the server with --write on to take files from other machines."


def is_loopback(host: str) -> bool:
    """True for an address or name that no other machine can have, a port left aside.

    Examples
    --------
    >>> [is_loopback(h) for h in ("127.0.0.1:8050", "localhost", "[::1]:80", "evil.example", "127.0.0.1.evil.example")]
    [True, True, True, False, False]
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or name.endswith(".localhost") or ip_address(name).is_loopback
    except ValueError:
        return False


def may_write(write: str, address: str) -> bool:
    """True if a server that listens on ``address`` takes files under the setting ``write``."""
    return write == "on" or (write == "auto" and is_loopback(_bracketed(address)))


def check(request: Request, write: str | None) -> None:
    """Let a request pass that comes from the page itself.

    With None, none passes. With ``auto``, host and peer must be this machine: a name that an attacker lets point here
    (DNS rebinding) is not. Browsers name the page a request comes from in ``Origin``; that of another site is turned
    away.

    Raises
    ------
    WriteRefusedError
        If it comes from elsewhere.
    """
    if write is None:
        raise WriteRefusedError("this server takes nothing in", remedy="Start it with --write on.")
    if write == "auto" and not (is_loopback(request.host) and is_loopback(_bracketed(request.remote_addr or ""))):
        raise WriteRefusedError("this server takes files from its own machine only", remedy=_REMEDY)
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise WriteRefusedError("another site asked for this", remedy="Hand files over on the page of this server.")


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
