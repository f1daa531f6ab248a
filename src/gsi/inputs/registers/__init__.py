"""Registers of millions of people, measured where they lie: only aggregates come to memory."""

from gsi.inputs.registers.engine import measure

__all__ = ["measure"]
