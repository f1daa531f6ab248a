"""Quality of the information: every table against its suite, told in Spanish."""

from gsi.inputs.quality.summary import failures, nothing_read
from gsi.inputs.quality.validate import Examined, broken_rules, validate
from gsi.inputs.quality.verdicts import Verdict, Verdicts, critical_failures

__all__ = [
    "Examined",
    "Verdict",
    "Verdicts",
    "broken_rules",
    "critical_failures",
    "failures",
    "nothing_read",
    "validate",
]
