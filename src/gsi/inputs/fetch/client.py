"""Publishers are asked gently: httpx sends, tenacity tries again what may pass.

One request at a time, a pause between two to the same host. What a server says it cannot do now
(202, 408, 429, 5xx), a connection that fails or a body that ends early are tried again, after the
time that the server asks for (``Retry-After``) or a longer one each time. What will not change by
trying (403, 404, a certificate that does not hold) is told at once.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from gsi import __version__
from gsi.contract.params.sources import Limits
from gsi.ground.errors import Finding, GsiError

T = TypeVar("T")
TOKEN = "GSI_SOCRATA_TOKEN"
REDIRECTS = 5
_LATER = {202, 408, 425, 429, 500, 502, 503, 504}
_GONE = {404, 410}
AGAIN = "Repita la orden: continúa donde quedó."


class FetchFailed(GsiError):
    """A source could not be brought: exit code 1. The others go on."""

    exit_code = 1


class Unreachable(FetchFailed):
    """A host does not answer at all: what else it has need not be asked for."""

    def __init__(self, host: str, why: str) -> None:
        self.host = host
        super().__init__(
            Finding(
                host,
                "el servidor debe responder",
                why,
                f"Revise la conexión a internet. {AGAIN}",
            )
        )


class Passing(Exception):
    """What may pass if it is tried again. ``wait``: the seconds that the server asks for."""

    def __init__(self, why: str, wait: float | None = None, host: str = "") -> None:
        self.why, self.wait, self.host = why, wait, host
        super().__init__(why)


class Client:
    """``token``: the portal's application token, sent to ``portal`` alone."""

    def __init__(
        self,
        limits: Limits,
        *,
        portal: str,
        token: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits
        self._token = token
        self._portal = httpx.URL(portal).host
        self._sleep = sleep
        self._asked: dict[str, float] = {}
        self._dead: dict[str, str] = {}
        self._http = httpx.Client(
            timeout=limits.timeout,
            headers={"User-Agent": f"gsi/{__version__}"},
            follow_redirects=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def tried(self, ask: Callable[[], T]) -> T:
        """``ask()``, again while what fails may pass; :class:`FetchFailed` when it does not."""
        tries = Retrying(
            stop=stop_after_attempt(self._limits.tries),
            wait=self._wait,
            retry=retry_if_exception_type(Passing),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(ask)
        except Passing as last:
            if last.host:
                self._dead[last.host] = last.why
                raise Unreachable(last.host, last.why) from last
            raise FetchFailed(Finding("descarga", "debe llegar entera", last.why, AGAIN)) from last

    def _wait(self, state: RetryCallState) -> float:
        problem = state.outcome.exception() if state.outcome else None
        asked = problem.wait if isinstance(problem, Passing) else None
        longer = max(self._limits.pause, 0.05) * float(2**state.attempt_number)
        return min(max(asked or 0.0, longer), max(self._limits.patience, asked or 0.0))

    def json(self, address: str, params: Mapping[str, str] | None = None) -> Any:
        """What an address answers, as JSON."""

        def ask() -> Any:
            try:
                return json.loads(self.body(address, params))
            except ValueError:
                raise Passing("una respuesta que no es JSON") from None

        return self.tried(ask)

    def body(self, address: str, params: Mapping[str, str] | None = None) -> bytes:
        """The whole of an answer, asked for once.

        Raises :class:`Passing`, or :class:`FetchFailed` where it is a web page.
        """
        with self.stream(address, params) as response:
            body = response.read()
        if "text/html" in response.headers.get("content-type", "") or looks_like_page(body):
            raise FetchFailed(page_instead(address))
        return body

    @contextmanager
    def stream(
        self,
        address: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read; ``also``: statuses beside 200 that are good.

        Raises :class:`Passing` or :class:`FetchFailed`.
        """
        url = httpx.URL(address, params=dict(params)) if params else httpx.URL(address)
        for _ in range(REDIRECTS + 1):
            response = self._send(url, headers or {})
            try:
                if response.has_redirect_location:
                    url = self._followed(url, response)
                    continue
                self._judge(url, response, also)
                yield response
                return
            except httpx.TransportError as problem:
                raise Passing("la conexión se cortó a mitad de la descarga") from problem
            finally:
                response.close()
        raise FetchFailed(
            Finding(address, "debe llevar a un archivo", "demasiadas redirecciones", _TELL)
        )

    def _send(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        host = url.host
        if host in self._dead:
            raise Unreachable(host, self._dead[host])
        since = time.monotonic() - self._asked.get(host, float("-inf"))
        if since < self._limits.pause:
            self._sleep(self._limits.pause - since)
        self._asked[host] = time.monotonic()
        request = self._http.build_request("GET", url, headers=dict(headers))
        if self._token and host == self._portal:
            request.headers["X-App-Token"] = self._token
        try:
            return self._http.send(request, stream=True)
        except httpx.TransportError as problem:
            if _certificate(problem):
                raise FetchFailed(
                    Finding(
                        host,
                        "el certificado del servidor debe ser válido",
                        "un certificado que no se puede comprobar",
                        "No se descarga nada de él. Revise la fecha del equipo; si su red usa un "
                        "certificado propio, indíquelo en la variable SSL_CERT_FILE.",
                    )
                ) from problem
            if isinstance(problem, httpx.TimeoutException):
                raise Passing("el servidor tardó demasiado en responder", host=host) from problem
            raise Passing("no hubo conexión con el servidor", host=host) from problem

    def _followed(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        target = url.join(response.headers["location"])
        if target.scheme != "https" and (target.scheme, target.host) != (url.scheme, url.host):
            raise FetchFailed(
                Finding(
                    str(url),
                    "una redirección debe seguir siendo segura (https)",
                    str(target),
                    _TELL,
                )
            )
        return target

    def _judge(self, url: httpx.URL, response: httpx.Response, also: Collection[int]) -> None:
        status = response.status_code
        if status == 200 or status in also:
            return
        where = f"{url.host}{url.path}"
        if status in _LATER:
            wait = _asked(response.headers.get("retry-after"))
            if wait is not None and wait > self._limits.patience:
                raise FetchFailed(
                    Finding(
                        where,
                        "el servidor debe aceptar la petición",
                        f"pide esperar {round(wait / 60) or 1} min",
                        "Repita la orden después de ese tiempo: continúa donde quedó.",
                    )
                )
            raise Passing(f"el servidor respondió {status} todas las veces", wait)
        if status in _GONE:
            raise FetchFailed(
                Finding(where, "debe estar publicado", f"ya no está ({status})", _TELL)
            )
        if status in {401, 403}:
            mine = self._token is not None and url.host == self._portal
            remedy = (
                f"Revise la clave de la variable {TOKEN}, o quítela."
                if mine
                else "Repita la orden más tarde o descargue el archivo de su página."
            )
            raise FetchFailed(
                Finding(where, "el servidor debe permitir la descarga", f"la niega ({status})",
                        remedy)
            )  # fmt: skip
        told = _message(response)
        raise FetchFailed(
            Finding(
                where, "el servidor debe aceptar la petición", f"respondió {status}{told}", _TELL
            )
        )


_TELL = (
    "La dirección pudo cambiar: búsquela en la página de la fuente y corríjala en "
    "params/sources.yml, o descargue el archivo a mano."
)


def page_instead(where: str) -> Finding:
    """A web page came where a file was asked for, with the status of all being well."""
    return Finding(where, "debe llegar el archivo", "una página web en su lugar", _TELL)


def looks_like_page(start: bytes) -> bool:
    """Whether a file begins as a web page does."""
    text = start[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith((b"<!doctype html", b"<html", b"<head"))


def _message(response: httpx.Response) -> str:
    """What Socrata says is wrong with a question, in one line."""
    try:
        told = json.loads(response.read()).get("message", "")
    except (ValueError, AttributeError, httpx.HTTPError):
        return ""
    line = " ".join(str(told).split())[:160]
    return f": {line}" if line else ""


def _asked(header: str | None) -> float | None:
    """``Retry-After``: seconds, or the moment, as seconds from now."""
    if not header:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None


def _certificate(problem: BaseException) -> bool:
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
