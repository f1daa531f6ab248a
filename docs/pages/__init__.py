"""The pages of ``docs/`` that are made: ``python -m docs.pages``."""
