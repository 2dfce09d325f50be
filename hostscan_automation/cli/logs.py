"""Where log lines go, and that no secret is in them."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from hostscan_automation.errors import SettingsError
from hostscan_automation.reports.plain import plain
from hostscan_automation.reports.redaction import Redaction

if TYPE_CHECKING:
    from pathlib import Path

    from hostscan_automation.cli.render import Screen

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _TextFormatter(logging.Formatter):
    def __init__(self, redaction: Redaction, form: str) -> None:
        super().__init__(form)
        self.converter = time.gmtime
        self._redaction = redaction

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        # a line break in a text of the server must not begin a log line of its own
        record.message = plain(record.message)
        return super().formatMessage(record)

    @override
    def formatException(self, ei: Any) -> str:
        # a log is looked at in terminals: a text of the server in an error must not act there
        return "\n".join(map(plain, super().formatException(ei).splitlines()))

    @override
    def format(self, record: logging.LogRecord) -> str:
        return self._redaction.clean(super().format(record))


class _ScreenHandler(logging.Handler):
    """Tells a person: above a progress bar, with nothing that a terminal would obey."""

    def __init__(self, screen: Screen, redaction: Redaction) -> None:
        super().__init__()
        self._screen = screen
        self._redaction = redaction

    @override
    def emit(self, record: logging.LogRecord) -> None:
        text = self._redaction.clean(record.getMessage())
        if self.formatter is not None:
            self._screen.write(f"{self.format(record)}\n")
        elif record.levelno >= logging.WARNING:
            self._screen.warning(text)
        else:
            self._screen.line(f"{record.levelname.lower()}: {text}", "soft")


class _JsonFormatter(_TextFormatter):
    @override
    def format(self, record: logging.LogRecord) -> str:
        from hostscan_automation.reports.data import json_text

        entry = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return self._redaction.clean(json_text(entry, indent=None))


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What the person asked for.

    Attributes:
        verbosity: How many `-v` were given.
        form: `text` or `json`.
    """

    verbosity: int = 0
    file: str | None = None
    form: str = "text"


class Logs:
    """The handlers of one command; a context manager that takes them away again."""

    def __init__(self, screen: Screen, redaction: Redaction | None = None) -> None:
        self.redaction = redaction or Redaction()
        self._logger = logging.getLogger("hostscan")
        self._before = self._logger.level
        self._handlers: list[logging.Handler] = []
        self._screen = screen

    def open(self, options: LogOptions) -> None:
        """Start logging: warnings to the terminal, more with `-v`, everything useful to the file.

        Raises:
            SettingsError: The log file cannot be written.
        """
        level = _LEVELS[min(options.verbosity, 2)]
        screen = _ScreenHandler(self._screen, self.redaction)
        if options.form == "json" and options.file is None:
            screen.setFormatter(self._file_formatter("json"))
        self._add(screen, level)
        if options.file is not None:
            from hostscan_automation.settings.folders import expanded

            handler = _file_handler(expanded(options.file))
            handler.setFormatter(self._file_formatter(options.form))
            self._add(handler, min(level, logging.INFO))
        self._logger.setLevel(min(handler.level for handler in self._handlers))

    def close(self) -> None:
        """Take the handlers away."""
        for handler in self._handlers:
            self._logger.removeHandler(handler)
            handler.close()
        self._handlers.clear()
        self._logger.setLevel(self._before)

    def crash(self, error: BaseException) -> None:
        """Write the traceback of a bug: to the log file, where there is one."""
        record = logging.LogRecord(
            "hostscan",
            logging.CRITICAL,
            __file__,
            0,
            "bug in hostscan",
            None,
            (type(error), error, error.__traceback__),
        )
        for handler in self._handlers:
            if isinstance(handler, logging.FileHandler):
                handler.handle(record)

    @property
    def has_file(self) -> bool:
        """Whether a log file is written."""
        return any(isinstance(handler, logging.FileHandler) for handler in self._handlers)

    def _add(self, handler: logging.Handler, level: int) -> None:
        handler.setLevel(level)
        self._handlers.append(handler)
        self._logger.addHandler(handler)

    def _file_formatter(self, form: str) -> logging.Formatter:
        kind = _JsonFormatter if form == "json" else _TextFormatter
        return kind(self.redaction, "%(asctime)sZ %(levelname)-8s %(name)s: %(message)s")


def _file_handler(path: Path) -> logging.FileHandler:
    try:
        # made with its mode, not changed afterwards: a log tells servers, hosts and people
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        return logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            f"log file {str(path)!r} cannot be written: {reason}", hint="Check --log-file."
        ) from None
