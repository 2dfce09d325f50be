"""The hosts of the seeded site: which names, networks and systems there are."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from hostscan_automation.simulator.scanjobs import Host

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOME_UNKNOWN = 0.02


@dataclass(frozen=True, slots=True)
class Site:
    """Hosts that belong together.

    Attributes:
        number: How many there are; the first is called PREFIX001, or PREFIX01 below 100.
        network: The first two numbers of their addresses.
    """

    prefix: str
    number: int
    network: str
    systems: tuple[tuple[str, str], ...]


_SERVERS = (("Windows Server 2022", "10.0.20348"), ("Windows Server 2019", "10.0.17763"))
SITES = (
    Site("lab-", 400, "10.0", (("Windows 11 Enterprise", "10.0.22631"), *_SERVERS)),
    Site("web-", 200, "10.20", (("Ubuntu 24.04", "24.04"), ("Red Hat Enterprise Linux 9", "9.4"))),
    Site("sql-", 120, "10.20", _SERVERS),
    Site("dc", 12, "10.0", _SERVERS),
    Site("edge-", 80, "192.168", (("Debian 12", "12.5"), ("Ubuntu 22.04", "22.04"))),
)
# The ids in the vendor's printed examples: these hosts exist, so that an example runs as it stands.
EXAMPLE_HOSTS = (
    Host(
        host_scan_host_id=UUID("54804af1-3f95-48c4-a5ea-e5414ebf423e"),
        host_id=UUID("70e3fb2d-1cb6-4dbc-ab8d-fa7209aca5dd"),
        name="example-1",
        dns_name="example-1.lab.example",
        ip="192.168.250.1",
        os=_SERVERS[0][0],
        version=_SERVERS[0][1],
    ),
    Host(
        host_scan_host_id=UUID("54804af1-3f95-48c4-a5ea-e5414ebf423f"),
        host_id=UUID("497f6eca-6276-4993-bfeb-53cbbbba6f08"),
        name="example-2",
        dns_name="example-2.lab.example",
        ip="192.168.250.2",
        os=_SERVERS[0][0],
        version=_SERVERS[0][1],
    ),
)


class Fleet:
    """All hosts of one simulated server, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    @cached_property
    def by_site(self) -> Mapping[str, tuple[Host, ...]]:
        """The seeded hosts, by the prefix of their site."""
        chance = random.Random(f"fleet:{self._seed}")  # noqa: S311 - test data
        return {
            site.prefix: tuple(_host(chance, site, number) for number in range(1, site.number + 1))
            for site in SITES
        }

    @cached_property
    def all(self) -> tuple[Host, ...]:
        """Every host, the two of the printed examples last."""
        return (*(host for hosts in self.by_site.values() for host in hosts), *EXAMPLE_HOSTS)

    @cached_property
    def by_host_id(self) -> Mapping[UUID, Host]:
        """The hosts that are managed, by host id."""
        return {host.host_id: host for host in self.all if host.host_id is not None}

    @cached_property
    def by_host_scan_host_id(self) -> Mapping[UUID, Host]:
        """The hosts, by the id of their scan record."""
        return {host.host_scan_host_id: host for host in self.all}


def _host(chance: random.Random, site: Site, number: int) -> Host:
    width = 3 if site.number >= 100 else 2  # noqa: PLR2004 - as many digits as it takes
    name = f"{site.prefix}{number:0{width}}"
    system, version = chance.choice(site.systems)
    host = Host(
        host_scan_host_id=UUID(int=chance.getrandbits(128), version=4),
        host_id=UUID(int=chance.getrandbits(128), version=4),
        name=name,
        dns_name=f"{name}.lab.example",
        ip=f"{site.network}.{number % 16}.{chance.randint(1, 254)}",
        os=system,
        version=version,
    )
    if chance.random() < _SOME_UNKNOWN:
        return _with_a_gap(chance, host)
    return host


def _with_a_gap(chance: random.Random, host: Host) -> Host:
    """Return the host with one thing about it unknown, as on every real server."""
    without = (
        replace(host, host_id=None),
        replace(host, name=None, dns_name=None),
        replace(host, ip=None),
        replace(host, os=None, version=None),
    )
    return chance.choice(without)
