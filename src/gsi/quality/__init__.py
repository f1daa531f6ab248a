"""Quality of the information: every table against its suite, told in Spanish."""

from gsi.quality.validate import validate
from gsi.quality.verdicts import Severity, Verdict, Verdicts, critical_failures

__all__ = ["Severity", "Verdict", "Verdicts", "critical_failures", "validate"]
