"""Addresses of reports: which outlet they are of."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

__all__ = ["outlet"]

_SHARED_HOSTS: Final = frozenset(
    {"facebook.com", "instagram.com", "ok.ru", "t.me", "tiktok.com", "twitter.com", "vk.com", "x.com", "youtube.com"}
)
"""Hosts of many voices: the first step of the path tells whose it is."""
_NOT_VOICES: Final = frozenset(
    {"", "embed", "groups", "i", "p", "posts", "reel", "s", "share", "video", "watch", "web"}
)


def outlet(url: str) -> str:
    """The host of an address, with the account where many share a host; empty if it is no web address.

    >>> outlet("https://www.unian.ua/war/x.html"), outlet("https://t.me/uniannet/33158"), outlet("a printed paper")
    ('unian.ua', 't.me/uniannet', '')
    """
    try:
        parts = urlsplit(url if url.isprintable() else "")
        host = (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
    host = host.removeprefix("www.").removeprefix("mobile.").removeprefix("m.")
    account = parts.path.strip("/").split("/")[0]
    return f"{host}/{account}" if host in _SHARED_HOSTS and account not in _NOT_VOICES else host
