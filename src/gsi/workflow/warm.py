"""What the workers of a run share: importing this module is the warming of their fork server."""

import gsi.kernels.warm
import gsi.reporting.engine.embedded
import gsi.workflow.run  # noqa: F401
