"""Choose each setting: a flag before the environment before the profile, and remember which."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import SettingsError
from hostscan_automation.jobs.limits import LimitOverrides
from hostscan_automation.settings.candidates import Candidates
from hostscan_automation.settings.folders import config_file, state_folder
from hostscan_automation.settings.profiles import Profile, ProfileFile, read_profiles
from hostscan_automation.settings.secrets import SECRET_VARIABLES, SecretSources
from hostscan_automation.settings.settings import Ask, Settings
from hostscan_automation.settings.trust import Trust, choose_trust

if TYPE_CHECKING:
    from hostscan_automation.settings.flags import Flags
    from hostscan_automation.settings.ways import Way

_log = logging.getLogger("hostscan.settings")

ReadServer = Callable[[str], str]
"""Checks the address of a server and writes it in the one way that is used everywhere."""


@dataclass(frozen=True, slots=True)
class FoundSettings:
    """Every setting that is no secret, chosen; the secrets still where they are kept.

    Attributes:
        server: Checked and written in one way.
        server_as_given: What the person wrote.
        way: The one way to sign in.
        sources: Where each value came from, for people.
    """

    server: str
    server_as_given: str
    way: Way
    trust: Trust
    file: ProfileFile
    profile: str | None
    limits: LimitOverrides
    protect: tuple[Mapping[str, Any], ...]
    sources: Mapping[str, str]

    def fetch(self, environ: Mapping[str, str], ask: Ask | None = None) -> Settings:
        """Take the secrets from their sources; `ask` for what has none, where somebody is there.

        Raises:
            SecretNotFoundError: A secret is needed and cannot be had.
            SettingsError: The state folder cannot be used.
        """
        hidden = frozenset(SECRET_VARIABLES) | self.file.environment_names()
        sources = SecretSources(self.file.path, environ, hidden)
        return Settings(
            server=self.server,
            account=self.way.account,
            state_folder=state_folder(environ),
            config_folder=self.file.path.parent,
            sign_in=self.way.fetch(sources, ask, self.server),
            profile=self.profile,
            ca_bundle=self.trust.ca_bundle,
            fingerprint=self.trust.fingerprint,
            insecure=self.trust.insecure,
            limits=self.limits,
            protect=self.protect,
            sources=self.sources,
        )


def find_settings(
    flags: Flags,
    environ: Mapping[str, str],
    *,
    read_server: ReadServer,
    playbook_profile: str | None = None,
) -> FoundSettings:
    """Choose every setting; nothing secret is read, nothing is asked, nothing is sent.

    Flag and environment win over the profile that a playbook names.

    Raises:
        SettingsError: Something is missing, contradictory or wrong.
    """
    path, source = config_file(flags.config, environ)
    file = read_profiles(path, source)
    name, profile, profile_source = _profile(flags, environ, file, playbook_profile)
    given, server_source = _server(flags, environ, profile, name)
    server = read_server(_spelled_out(given))
    foreign = _foreign(profile, name, server, read_server)
    way = Candidates(flags, environ, profile, name, foreign).choose()
    # what a profile says of trust is said of its own server only
    own = Profile() if foreign else profile
    trust = choose_trust(flags, environ, own, path.parent, name)
    return FoundSettings(
        server=server,
        server_as_given=given,
        way=way,
        trust=trust,
        file=file,
        profile=name,
        limits=LimitOverrides(profile.limits.max_jobs, profile.limits.max_percent),
        protect=tuple(profile.protect),
        sources={
            "config file": source,
            "profile": profile_source,
            "server": server_source,
            "sign-in": way.source,
            "trust": trust.source,
        },
    )


def _profile(
    flags: Flags, environ: Mapping[str, str], file: ProfileFile, of_playbook: str | None
) -> tuple[str | None, Profile, str]:
    choices = (
        (flags.profile, "flag --profile"),
        (environ.get("HOSTSCAN_PROFILE"), "environment HOSTSCAN_PROFILE"),
        (of_playbook, "playbook"),
        (file.default_profile, f"default_profile in {file.path}"),
    )
    name, source = next(((name, source) for name, source in choices if name), (None, ""))
    if name is None:
        return None, Profile(), "none"
    if name in file.profiles:
        return name, file.profiles[name], source
    names_server = flags.server or environ.get("HOSTSCAN_SERVER")
    if source == "playbook" and names_server and not file.profiles:
        _log.warning(
            "the playbook names profile %r, and this machine has no profiles: no limits and no"
            " protect clauses come from it",
            name,
        )
        return None, Profile(), "none"
    raise SettingsError(
        f"profile {name!r} (from {source}) does not exist", hint=_other_profiles(name, file)
    )


def _other_profiles(name: str, file: ProfileFile) -> str:
    if not file.profiles:
        return f"There are no profiles in {str(file.path)!r}; make one, or leave the name out."
    near = difflib.get_close_matches(name, file.profiles, n=1)
    known = ", ".join(sorted(file.profiles))
    return f"Did you mean {near[0]!r}?" if near else f"{str(file.path)!r} has: {known}."


def _server(
    flags: Flags, environ: Mapping[str, str], profile: Profile, name: str | None
) -> tuple[str, str]:
    choices = (
        (flags.server, "flag --server"),
        (environ.get("HOSTSCAN_SERVER"), "environment HOSTSCAN_SERVER"),
        (profile.server, f"profile {name}"),
    )
    for value, source in choices:
        if value:
            return value, source
    raise SettingsError(
        "server is not set",
        hint=(
            "Give --server https://nps01.example.com:6500, set HOSTSCAN_SERVER, or write a profile"
            " (hostscan doctor shows where). To try it without a server: hostscan demo"
        ),
    )


def _foreign(
    profile: Profile, name: str | None, server: str, read_server: ReadServer
) -> str | None:
    """Say that the profile's secrets belong to another server, or None."""
    if profile.server is None:
        return None
    own = read_server(_spelled_out(profile.server))
    return None if own == server else f"profile {name!r} keeps its secrets for {own} only"


def _spelled_out(server: str) -> str:
    """Return a bare name as the product installs itself: https on port 6500."""
    text = server.strip()
    if "://" in text:
        return text
    name, slash, rest = text.partition("/")
    _, _, after = name.rpartition("]")
    has_port = ":" in after if name.startswith("[") else name.count(":") == 1
    return f"https://{name if has_port else f'{name}:6500'}{slash}{rest}"
