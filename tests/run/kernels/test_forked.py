"""A forked kernel is a cold one that started sooner: same bytes, its own process, nothing left."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from ipykernel import kernelapp
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import Session
from nbformat.v4 import new_code_cell, new_notebook

from gsi.ground.errors import TerritoryFailed
from gsi.run import notebooks
from gsi.run.kernels import can_fork, forked, server
from gsi.run.kernels.environment import fingerprint

pytestmark = pytest.mark.skipif(not can_fork(), reason="forked kernels are for Linux")


def write(path: Path, *cells: str) -> Path:
    first = new_code_cell("seed = 1", id="parametros", metadata={"tags": ["parameters"]})
    rest = [new_code_cell(source, id=f"c{number}") for number, source in enumerate(cells)]
    notebook = new_notebook(cells=[first, *rest])
    notebook.metadata.kernelspec = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    nbformat.write(notebook, path)
    return path


def said(path: Path) -> list[str]:
    """What the cells printed."""
    cells = nbformat.read(path, as_version=4).cells
    return ["".join(o.get("text", "") for o in cell.outputs) for cell in cells]


def running(group: int) -> list[str]:
    """Processes of a session: kernels and their server."""
    done = subprocess.run(["ps", "-o", "pid=", "-s", str(group)], capture_output=True, text=True)
    return done.stdout.split()


@pytest.fixture(scope="module", autouse=True)
def nothing_left() -> Iterator[None]:
    """Whatever these tests started is gone when the module's servers are closed."""
    yield
    pids = [client.pid for client in server._clients.values()]
    server.close_all()
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_the_bytes_are_those_of_a_cold_kernel(tmp_path: Path) -> None:
    source = write(
        tmp_path / "00_x.ipynb",
        "import matplotlib\nimport numpy as np\nimport pandas as pd\nimport seaborn as sns",
        "pd.DataFrame(np.arange(60).reshape(2, 30), columns=[f'columna_{i}' for i in range(30)])",
        "matplotlib.get_backend(), sorted(matplotlib.rcParams.items())",
        "sns.lineplot(x=[1, 2, 3], y=[seed, 4, 9]);",
        "import sys, os\n"
        "sys.path[1:], sys.argv[0].rpartition('/')[2].removesuffix('.py'), os.getcwd()",
        "{name: pd.get_option(f'display.{name}') for name in ('max_columns', 'width')}",
        "__name__, sorted(set(dir()) - {'_i5'})",
    )
    for kernel in ("stock", "forked"):
        notebooks.execute(source, tmp_path / kernel / "x.ipynb", {"seed": 7}, kernel)
    stock, forked = ((tmp_path / k / "x.ipynb").read_bytes() for k in ("stock", "forked"))
    assert b"image/png" in stock
    assert forked == stock


def test_a_kernel_knows_the_modules_that_were_warm(tmp_path: Path) -> None:
    """A debugger steps over their files, and an aggressive reset leaves them."""
    source = write(
        tmp_path / "00_x.ipynb",
        "import pandas, sys\nimport ipykernel.ipkernel, IPython.core.shellapp\n"
        "shell = get_ipython()\n"
        "files = shell.kernel.debugger.kernel_modules\n"
        "print(pandas.__file__ in files, ipykernel.ipkernel.__file__ in files)\n"
        "print('pandas' in shell._sys_modules_keys, 'pandas' in sys.modules)\n"
        "print(ipykernel.ipkernel.sys is IPython.core.shellapp.sys is sys)",
    )
    notebooks.execute(source, tmp_path / "x.ipynb", {"seed": 1}, "forked")
    assert said(tmp_path / "x.ipynb")[-1] == "True True\nTrue True\nTrue\n"


def test_what_programs_write_to_the_terminal_is_in_the_notebook(tmp_path: Path) -> None:
    """In order and in its cell, though it comes through a pipe that a thread reads."""
    source = write(
        tmp_path / "00_x.ipynb",
        "import os, sys",
        *(
            f"print('antes {n}')\nos.system('echo programa {n}')\nos.write(1, b'directo {n}\\n');"
            for n in range(20)
        ),
        "print('mal', file=sys.stderr)\nos.write(2, b'peor\\n');",
    )
    # In a test ipykernel leaves the descriptors alone.
    outside = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    notebooks.execute(source, tmp_path / "x.ipynb", {"seed": 1}, "forked", outside)
    *told, errors = said(tmp_path / "x.ipynb")[3:]
    assert [sorted(text.splitlines()) for text in told] == [
        [f"antes {n}", f"directo {n}", f"programa {n}"] for n in range(20)
    ]
    assert sorted(errors.splitlines()) == ["mal", "peor"]


@pytest.mark.parametrize(
    ("arguments", "alone"),
    [
        (["-f", "a b.json", "--IPKernelApp.log_level=50", "--Session.check_pid=False"], True),
        (["-f", "k.json", "--IPKernelApp.parent_handle=12", "--Session.key=b'a=b'"], True),
        (["--Session.metadata={'a': 1}"], True),
        ([], True),
        (["-f", "k.json", "--debug"], False),
        (["-f", "k.json", "--log-level=50"], False),
        (["k.json", "--quiet"], False),
    ],
)
def test_the_command_line_sets_what_it_sets_in_a_cold_kernel(
    arguments: list[str], alone: bool
) -> None:
    found = []
    for kind in (forked.IPKernelApp, kernelapp.IPKernelApp):
        app = kind()
        app.parse_command_line(arguments)
        session = Session(parent=app)
        values = app.connection_file, app.log_level, app.parent_handle, app.extra_args, app.argv
        settings = {name: set(of) for name, of in app.cli_config.items()}
        found.append((values, settings, session.check_pid, session.key == b"a=b", session.metadata))
    assert found[0] == found[1]
    assert (forked.settings_alone(arguments) is not None) == alone


def test_a_setting_given_twice_is_left_to_the_parser() -> None:
    assert forked.settings_alone(["--Session.key=a", "--Session.key=b"]) is None
    assert forked.settings_alone(["-f"]) is None


def test_each_notebook_has_a_process_state_and_randomness_of_its_own(tmp_path: Path) -> None:
    source = write(
        tmp_path / "00_x.ipynb",
        "import os, random\nimport numpy as np\nimport gsi",
        "print(hasattr(gsi, 'left_behind'))\ngsi.left_behind = True",
        "print(os.getpid())",
        "print(random.random())",
        "print(np.random.random())",
        "print(os.getpgid(0) == os.getpid())",
    )
    told = []
    for name in ("a", "b"):
        notebooks.execute(source, tmp_path / f"{name}.ipynb", {"seed": 1}, "forked")
        told.append(said(tmp_path / f"{name}.ipynb")[3:])
    first, second = told
    assert first[0] == second[0] == "False\n"
    for left, right in zip(first[1:4], second[1:4], strict=True):
        assert left != right
    assert first[4] == "True\n"
    pids = [int(one[1]) for one in told]
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_folder_and_environment_are_the_ones_given(tmp_path: Path) -> None:
    source = write(tmp_path / "00_x.ipynb", "import os\nprint(os.getcwd(), os.environ['GSI_OTRA'])")
    given = {**os.environ, "GSI_OTRA": "sí"}
    notebooks.execute(source, tmp_path / "x.ipynb", {"seed": 1}, "forked", given)
    assert said(tmp_path / "x.ipynb")[-1] == f"{tmp_path} sí\n"
    assert "GSI_OTRA" not in os.environ


def test_what_imports_depend_on_gets_a_server_of_its_own() -> None:
    same = {**os.environ, "GSI_RESULTS": "/otra"}
    assert fingerprint(same) == fingerprint(os.environ)
    for name in ("PYTHONPATH", "OMP_NUM_THREADS", "LC_ALL", "TZ", "MPLCONFIGDIR"):
        other = {**os.environ, name: "otro"}
        assert fingerprint(other) != fingerprint(os.environ)


def test_a_kernel_that_dies_harms_no_other(tmp_path: Path) -> None:
    bad = write(tmp_path / "00_x.ipynb", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    good = write(tmp_path / "01_x.ipynb", "print('sigue')")
    with pytest.raises(TerritoryFailed, match="00_x"):
        notebooks.execute(bad, tmp_path / "bad.ipynb", {"seed": 1}, "forked")
    notebooks.execute(good, tmp_path / "good.ipynb", {"seed": 1}, "forked")
    assert said(tmp_path / "good.ipynb")[-1] == "sigue\n"


def test_a_server_that_was_killed_is_started_again(tmp_path: Path) -> None:
    source = write(tmp_path / "00_x.ipynb", "print('sigue')")
    notebooks.execute(source, tmp_path / "a.ipynb", {"seed": 1}, "forked")
    client = server.client(os.environ)
    os.kill(client.pid, signal.SIGKILL)
    notebooks.execute(source, tmp_path / "b.ipynb", {"seed": 1}, "forked")
    assert said(tmp_path / "b.ipynb")[-1] == "sigue\n"
    assert server.client(os.environ).pid != client.pid


@pytest.mark.parametrize("kernel", ["forked", "stock"])
def test_a_kernel_is_reached_by_files_and_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: Any
) -> None:
    """A port that was chosen free can be taken before the kernel opens it."""
    with tempfile.TemporaryDirectory(prefix="g-") as passing:  # short, unlike tmp_path
        monkeypatch.setattr(tempfile, "tempdir", passing)
        source = write(
            tmp_path / "00_x.ipynb",
            "import psutil\n"
            "found = {str(c.laddr) for c in psutil.Process().net_connections('unix')}\n"
            f"print(sum(name.startswith({passing!r}) for name in found))",
        )
        notebooks.execute(source, tmp_path / "x.ipynb", {"seed": 1}, kernel)
        assert list(Path(passing).iterdir()) == []
    assert said(tmp_path / "x.ipynb")[-1] == "5\n"


def test_where_a_path_is_too_long_for_a_socket_a_kernel_opens_ports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    source = write(tmp_path / "00_x.ipynb", "print('sigue')")
    notebooks.execute(source, tmp_path / "x.ipynb", {"seed": 1}, "forked")
    assert said(tmp_path / "x.ipynb")[-1] == "sigue\n"


@pytest.mark.parametrize("channel", ["shell", "control", "iopub"])
def test_a_kernel_whose_port_was_taken_ends_at_once(channel: str) -> None:
    """It would wait for its own open sockets, and whoever started it for its first word."""

    async def use(port: int) -> float:
        given = {f"{channel}_port": port}
        manager = AsyncKernelManager(kernel_name="gsi", cache_ports=False, **given)
        await manager.start_kernel()
        start = time.monotonic()
        while await manager.is_alive() and time.monotonic() < start + 30:
            await asyncio.sleep(0.05)
        took = time.monotonic() - start
        await manager.shutdown_kernel(now=True)
        return took

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert asyncio.run(use(taken.getsockname()[1])) < 20


def test_kernels_that_end_together_are_all_noticed() -> None:
    mine, its = socket.socketpair()
    client = server.Client(mine, os.getpid())
    its.sendall(b'{"pid": 1, "exit": 0}\n{"pid": 2, "exit": -9}\n')
    assert client.exit_code(1) == 0
    assert client.exit_code(2) == -9
    assert client.exit_code(3) is None
    its.close()
    mine.close()


def test_kernels_of_a_server_that_was_given_up_have_ended() -> None:
    """Another notebook may have noticed first that the server is gone, and closed it."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    mine, its = socket.socketpair()
    client = server.Client(mine, ended)
    kernel = server.Child(client, ended.pid)
    assert kernel.poll() is None
    its.close()
    server.forget(client)
    assert kernel.poll() == -signal.SIGKILL


def test_an_interrupt_stops_the_cell_and_not_the_kernel() -> None:
    """As JupyterLab uses the kernelspec: start, interrupt, go on, restart, shut down."""

    async def use() -> None:
        manager = AsyncKernelManager(kernel_name="gsi")
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)

        async def reply(code: str) -> dict[str, object]:
            done = await client.execute(code, reply=True, timeout=30, stop_on_error=False)
            return done["content"]

        waiting = asyncio.create_task(reply("import time; time.sleep(60)"))
        await asyncio.sleep(0.5)
        await manager.interrupt_kernel()
        assert (await waiting)["ename"] == "KeyboardInterrupt"
        assert (await reply("kept = 1"))["status"] == "ok"
        first = manager.provisioner.pid
        await manager.restart_kernel()
        await client.wait_for_ready(timeout=30)
        assert manager.provisioner.pid != first
        assert (await reply("kept"))["ename"] == "NameError"
        connection = Path(manager.connection_file)
        assert connection.is_file()
        client.stop_channels()
        await manager.shutdown_kernel()
        assert not connection.exists()
        assert not Path(f"/proc/{first}").exists()
        assert manager.provisioner.process is None

    asyncio.run(use())


OWNER = """
import os, sys, time
from gsi.run.kernels import server
client = server.client(os.environ)
command = [sys.executable, "-m", "ipykernel_launcher", "-f", sys.argv[1]]
child = client.fork(command, None, os.environ)
print(client.pid, child.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_owner_takes_its_server_and_kernels_with_it(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path / "c.json")], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pids = [int(text) for text in owner.stdout.readline().split()]
    assert len(pids) == 2
    owner.kill()
    owner.wait()
    owner.stdout.close()
    limit = time.monotonic() + 20
    while (alive := [pid for pid in pids if running(pid)]) and time.monotonic() < limit:
        time.sleep(0.05)
    assert alive == []


def test_a_kernel_ends_when_its_server_is_killed() -> None:
    """Nobody is left to tell it: it sees that its parent is another."""
    owner = server.Client.launch(os.environ)
    command = [sys.executable, "-m", "ipykernel_launcher", "--IPKernelApp.log_level=50"]
    child = owner.fork(command, None, os.environ)
    os.kill(owner.pid, signal.SIGKILL)
    limit = time.monotonic() + 20
    while running(child.pid) and time.monotonic() < limit:
        time.sleep(0.05)
    assert running(child.pid) == []
    assert child.poll() is not None
    owner.close()


def test_a_warm_server_has_one_thread_of_its_own() -> None:
    """Arrow's allocator keeps one more, which it makes anew after a fork."""
    program = (
        "import gsi.run.kernels.warm, os, threading\n"
        "names = [open(f'/proc/self/task/{t}/comm').read().strip()"
        " for t in os.listdir('/proc/self/task')]\n"
        "print(threading.active_count(), sum(n != 'jemalloc_bg_thd' for n in names))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["1", "1"], done.stdout + done.stderr
    assert done.stderr == ""
