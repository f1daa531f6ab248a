"""Quality of the information: every table against its suite, told in Spanish."""

from gsi.quality.page import page
from gsi.quality.section import section
from gsi.quality.summary import failures, nothing_read
from gsi.quality.validate import Examined, broken_rules, validate
from gsi.quality.verdicts import Severity, Verdict, Verdicts, critical_failures

__all__ = [
    "Examined",
    "Severity",
    "Verdict",
    "Verdicts",
    "broken_rules",
    "critical_failures",
    "failures",
    "nothing_read",
    "page",
    "section",
    "validate",
]
