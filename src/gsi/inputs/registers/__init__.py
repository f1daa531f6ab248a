"""Registers of millions of people, measured where they lie: only aggregates come to memory."""

from gsi.inputs.registers.engine import breakdown

__all__ = ["breakdown"]
