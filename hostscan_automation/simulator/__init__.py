"""An embedded stand-in for the documented server, on loopback, with faults on demand.

It is written after the vendor's pages and shares no code with the client, so that one wrong idea
of the server cannot stand on both sides of a test.
"""

from __future__ import annotations

from hostscan_automation.simulator.accounts import Account
from hostscan_automation.simulator.config import SimulatorConfig
from hostscan_automation.simulator.faults import FAULT_NAMES, Faults, parse_fault, parse_faults
from hostscan_automation.simulator.log import Request
from hostscan_automation.simulator.scanjobs import Host, Job, JobSpec
from hostscan_automation.simulator.signin_trouble import Trouble
from hostscan_automation.simulator.simulator import READY_SCHEMA, Simulator
from hostscan_automation.simulator.totp import Totp

__all__ = [
    "FAULT_NAMES",
    "READY_SCHEMA",
    "Account",
    "Faults",
    "Host",
    "Job",
    "JobSpec",
    "Request",
    "Simulator",
    "SimulatorConfig",
    "Totp",
    "Trouble",
    "parse_fault",
    "parse_faults",
]
