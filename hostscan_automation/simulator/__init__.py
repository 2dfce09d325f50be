"""An embedded stand-in for the documented server, on loopback, with faults on demand.

It is written after the vendor's pages and shares no code with the client, so that one wrong idea
of the server cannot stand on both sides of a test.
"""

from __future__ import annotations

from hostscan_automation.simulator.config import SimulatorConfig
from hostscan_automation.simulator.faults import Faults, parse_faults
from hostscan_automation.simulator.log import Request
from hostscan_automation.simulator.server import READY_SCHEMA, Simulator

__all__ = ["READY_SCHEMA", "Faults", "Request", "Simulator", "SimulatorConfig", "parse_faults"]
