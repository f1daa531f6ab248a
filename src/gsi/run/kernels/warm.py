"""What a fork server imports before its first kernel; importing this module is the warming.

Only imports, the language in which numbers are written and how often garbage is collected: no
other setting is changed, no thread or pool started and no file left open, so a forked kernel starts
in the state of a cold one that has imported the same libraries. DuckDB is not among them: only a
register of people needs it, and it then opens its threads in the kernel that asks.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace

from gsi.run.kernels.threads import one_thread

one_thread(os.environ)

_YOUNG = 50_000  # objects made before the collector looks at them
_QUIET = "PYDEVD_DISABLE_FILE_VALIDATION"
KERNEL = (
    "ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.ipkernel", "ipykernel.debugger",
    "IPython.core.pylabtools", "IPython.core.completerlib", "IPython.core.debugger",
    "IPython.core.logger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "tornado.platform.asyncio", "pdb",
)  # fmt: skip
LIBRARIES = (
    "numpy", "pandas", "pandas.core.methods.to_dict", "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs", "pandas.io.formats.html", "pandas.io.formats.string",
    "pyarrow.parquet",
    "pyarrow.dataset", "pyarrow.pandas_compat", "pandas.core.arrays.arrow.extension_types",
    "scipy.stats", "scipy.optimize",
    "matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.pyplot",
    "seaborn", "geopandas", "shapely", "esda",
    "libpysal.weights",
    "networkx", "openpyxl", "openpyxl.packaging.extended", "babel.numbers", "yaml",
    "font_source_sans_pro",
    # What an image library imports before its first picture, and encodings of fonts and archives.
    "PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.JpegImagePlugin", "PIL.PpmImagePlugin",
    "PIL.PngImagePlugin", "encodings.utf_16_be", "encodings.cp437",
)  # fmt: skip
WORKBOOK = (
    "gsi.analysis.baseline.revisions", "gsi.analysis.comprehension.concept_map",
    "gsi.analysis.comprehension.investment", "gsi.analysis.comprehension.peers",
    "gsi.analysis.comprehension.population", "gsi.analysis.comprehension.priority",
    "gsi.analysis.comprehension.readings", "gsi.analysis.comprehension.rights",
    "gsi.analysis.comprehension.scenarios", "gsi.analysis.comprehension.scope",
    "gsi.analysis.keys.convening", "gsi.analysis.keys.governance",
    "gsi.analysis.keys.information", "gsi.analysis.keys.outreach",
    "gsi.analysis.keys.registers", "gsi.analysis.keys.services", "gsi.analysis.keys.state",
    "gsi.analysis.keys.training", "gsi.analysis.plan.baseline", "gsi.analysis.plan.change",
    "gsi.analysis.plan.monitor", "gsi.analysis.plan.municipal", "gsi.analysis.plan.propose",
    "gsi.analysis.quality.section",
    "gsi.report.captions", "gsi.report.figures.registry", "gsi.report.workbook",
    "gsi.run.freeze",
)  # fmt: skip


def _import(names: Iterable[str]) -> None:
    # Told once by the server, import-time advice (on progress bars, on the debugger) would be
    # told out of place.
    with warnings.catch_warnings(), _as_in_a_kernel():
        warnings.simplefilter("ignore")
        for name in names:
            importlib.import_module(name)


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Libraries that ask at import whether they are in a notebook get the answer of a kernel.

    pandas does, and fixes then how wide its tables are written as text.
    """
    vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=True)
    try:
        yield
    finally:
        del vars(builtins)["get_ipython"]


gc.disable()
# Its own words: the debugger's check of frozen modules is of no use to a notebook run.
_asked_before = _QUIET in os.environ
os.environ.setdefault(_QUIET, "1")
try:
    _import(KERNEL)
finally:
    if not _asked_before:
        del os.environ[_QUIET]
_import((*LIBRARIES, *WORKBOOK))
# The language's data, which the first number written reads.
importlib.import_module("gsi.ground.locale").number(0)
# The names of drawing backends, which setting a kernel's would read from every installed package.
importlib.import_module("matplotlib.backends").backend_registry.list_all()
# Whether what is logged is a mapping, of which there are a hundred kinds: asked once a type.
for _logged in (str, int, list):
    issubclass(_logged, Mapping)
# Last, for it lists the modules that are warm.
importlib.import_module("gsi.run.kernels.forked")
# What is here now lives for ever: the collector of a kernel need not touch (and so copy) it. It
# then looks at the young objects of a notebook after every 700 by default, which is a twentieth of
# a notebook's time for next to no memory.
gc.freeze()
gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
gc.enable()
