"""What the workers of a run share: importing this module is the warming of their fork server."""

import gc
import sys

# For notebooks' schemas nbformat brings in jsonschema, which would compile the grammar of
# international addresses (0.7 s, more than anything else here) to check a format that no notebook
# has. The name is given back at once.
_IRI = "rfc3987_syntax"
_missing = _IRI not in sys.modules
if _missing:
    sys.modules[_IRI] = None  # type: ignore[assignment]
import nbformat  # noqa: F401

if _missing:
    del sys.modules[_IRI]
import papermill  # noqa: F401

from gsi.run import basis

# Of the code as it is imported here: what is edited during the run must not pass for what ran.
basis.code()
gc.freeze()
