"""What the workers of a run share: importing this module is the warming of their fork server."""

import gc

from gsi.ground.imports import ADDRESSES, without

# For notebooks' schemas nbformat brings in jsonschema.
with without(ADDRESSES):
    import nbformat  # noqa: F401
import papermill  # noqa: F401

from gsi.run import basis

# Of the code as it is imported here: what is edited during the run must not pass for what ran.
basis.code()
gc.freeze()
