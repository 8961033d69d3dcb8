"""Midchannel: a self-hosted Social CRM. `docs/house.md` is the plan of the building."""

__version__ = "0.1.0"
