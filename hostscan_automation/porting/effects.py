"""Tell the requests that change something from those that only read: a GET can be either."""

from __future__ import annotations

import re

# The last word of a path that makes a GET do something; the documentation has such calls.
_ACTIONS = frozenset(
    (
        *("approve", "cancel", "clear", "delete", "deny", "disable", "enable", "execute", "kill"),
        *("lock", "logoff", "logout", "pause", "purge", "remove", "rerun", "reset", "restart"),
        *("resume", "retry", "rotate", "run", "scan", "start", "stop", "sync", "synchronize"),
        *("terminate", "trigger", "truncate", "unlock"),
    )
)
# The first word of a title that says so. Words that are as often nouns (log, scan) are not here.
_CHANGES = frozenset(
    (
        *("abort", "add", "approve", "assign", "cancel", "change", "clear", "configure", "create"),
        *("delete", "deny", "deploy", "disable", "enable", "execute", "generate", "import"),
        *("install", "kill", "lock", "logoff", "logout", "move", "pause", "purge", "regenerate"),
        *("remove", "rename", "renew", "replace", "reset", "restart", "resume", "revoke", "rotate"),
        *("schedule", "send", "set", "start", "stop", "synchronize", "terminate", "trigger"),
        *("truncate", "uninstall", "unlock", "update", "upload"),
    )
)
_FIRST_WORD = re.compile(r"\W*([A-Za-z]+)")


def is_action(path: str) -> bool:
    """Say whether a path ends in what is to be done, with or without an id after it."""
    words = [one.lower() for one in path.split("/") if one and not one.startswith("{")]
    return bool(words) and words[-1] in _ACTIONS


def speaks_of_change(title: str) -> bool:
    """Say whether a page's title, as `Start a scan` or `Cancels all`, tells of a change."""
    found = _FIRST_WORD.match(title)
    word = found[1].lower() if found else ""
    return not _CHANGES.isdisjoint({word, word.removesuffix("s")})
