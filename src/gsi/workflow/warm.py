"""What the workers of a run share: importing this module is the warming of their fork server."""

import nbformat  # noqa: F401

import gsi.kernels.warm
import gsi.reporting.engine.embedded
import gsi.workflow.run  # noqa: F401
from gsi.workflow import freshness

# Of the code as it is imported here: what is edited during the run must not pass for what ran.
freshness.code()
