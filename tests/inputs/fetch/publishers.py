"""Publishers on this machine, which answer as those do that the workbook asks, faults included.

A data set is a table in DuckDB, asked in SoQL, of which what the workbook asks is SQL. What a
request meets beside the right answer is told in advance: ``faults[part of the path]``, one a
request, in order.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import ipaddress
import json
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import duckdb

PORTAL_ROWS = 1000  # to who asks for no more
PORTAL_MOST = 50_000


@dataclass
class DataSet:
    """``columns``: field → name shown; every value is a text or None."""

    columns: Mapping[str, str]
    rows: Sequence[Sequence[str | None]]
    updated: int = 1_700_000_000
    licence: str = "Creative Commons Attribution | Share Alike 4.0 International"


@dataclass
class Asked:
    """A request: its path, its query and its headers."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


Fault = Callable[["_Handler"], bool]
"""Answers in place of the publisher, or does something and lets it answer (False)."""


@dataclass
class Publishers:
    """What is published, and what was asked."""

    base: str = ""
    sets: dict[str, DataSet] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    layers: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)
    ranges: bool = True
    folder: Path = Path()

    def requests(self, part: str) -> list[Asked]:
        """Those whose path has the part."""
        return [one for one in self.asked if part in one.path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    published: Publishers

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query))
        self.asked = Asked(path, query, {k.lower(): v for k, v in self.headers.items()})
        self.published.asked.append(self.asked)
        for part, faults in self.published.faults.items():
            if part in path and faults and faults.pop(0)(self):
                return
        self.answer()

    def answer(self) -> None:
        path, query = self.asked.path, self.asked.query
        data_set = self.published.sets.get(path.rsplit("/", 1)[-1].split(".")[0])
        if "/api/views/" in path and data_set:
            self.views(data_set)
        elif "/resource/" in path and data_set:
            self.resource(data_set, query)
        elif path in self.published.layers:
            self.layer(self.published.layers[path], query)
        elif path in self.published.files:
            self.file(self.published.files[path])
        else:
            self.send(404, b'{"error": true, "message": "Not found"}', "application/json")

    def send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def json(self, what: Any, status: int = 200) -> None:
        self.send(status, json.dumps(what).encode(), "application/json;charset=utf-8")

    def views(self, data_set: DataSet) -> None:
        columns = [
            {"fieldName": name, "name": shown, "dataTypeName": "text"}
            for name, shown in data_set.columns.items()
        ]
        self.json(
            {
                "rowsUpdatedAt": data_set.updated,
                "license": {"name": data_set.licence},
                "columns": columns,
            }
        )

    def resource(self, data_set: DataSet, query: Mapping[str, str]) -> None:
        if query.get("$order", ":id") != ":id":
            self.json({"message": "order"}, 400)
            return
        limit = min(int(query.get("$limit", PORTAL_ROWS)), PORTAL_MOST)
        where = f"WHERE {query['$where']}" if "$where" in query else ""
        asked = query.get("$select", ", ".join(data_set.columns))
        with duckdb.connect(":memory:") as connection:
            heads = ", ".join(f'"{name}" VARCHAR' for name in data_set.columns)
            connection.execute(f"CREATE TABLE t ({heads}, place BIGINT)")
            if data_set.rows:
                rows = [[*row, place] for place, row in enumerate(data_set.rows)]
                frame = io.StringIO()
                csv.writer(frame).writerows(
                    [["\\N" if cell is None else cell for cell in row] for row in rows]
                )
                path = self.published.folder / f"{time.monotonic_ns()}.csv"
                path.write_text(frame.getvalue(), encoding="utf-8")
                connection.execute(f"COPY t FROM '{path}' (HEADER false, NULLSTR '\\N')")
                path.unlink()
            try:
                if asked == "count(*)":
                    ((count,),) = connection.execute(f"SELECT count(*) FROM t {where}").fetchall()
                    self.json([{"count": str(count)}])
                    return
                found = connection.execute(
                    f"SELECT {asked} FROM t {where} ORDER BY place "
                    f"LIMIT {limit} OFFSET {query.get('$offset', 0)}"
                ).fetchall()
            except duckdb.Error as problem:
                told = f"Query coordinator error: {str(problem).splitlines()[0]}"
                self.json({"code": "query.soql.no-such-column", "message": told}, 400)
                return
        out = io.StringIO()
        write = csv.writer(out, quoting=csv.QUOTE_ALL)
        write.writerow(asked.split(","))
        write.writerows([["" if cell is None else cell for cell in row] for row in found])
        self.send(200, out.getvalue().encode(), "text/csv;charset=utf-8")

    def layer(self, layer: dict[str, Any], query: Mapping[str, str]) -> None:
        name, _, value = query["where"].partition(" = ")
        chosen = [
            feature
            for feature in layer["features"]
            if query["where"] == "1=1"
            or str(feature["properties"].get(name, "")) == value.strip("'")
        ]
        if query.get("returnCountOnly") == "true":
            self.json({"count": len(chosen)})
            return
        self.json({"type": "FeatureCollection", "features": chosen})

    def file(self, body: bytes) -> None:
        tag = f'"{hash(body) & 0xFFFFFFFF:x}"'
        headers = {"ETag": tag}
        if self.asked.headers.get("if-none-match") == tag:
            self.send(304, b"", "application/octet-stream", **headers)
            return
        wanted = self.asked.headers.get("range", "")
        if self.published.ranges and wanted and self.asked.headers.get("if-range") == tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            part = body[start:]
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self.send(206, part, "application/octet-stream", **headers, Content_Range=span)
            return
        self.send(200, body, "application/octet-stream", **headers)


def status(code: int, **headers: str) -> Fault:
    """Answer with a status: 429 and 503 with their ``Retry-After``, 403, 404 …"""

    def answer(handler: _Handler) -> bool:
        handler.send(code, b'{"message": "no"}', "application/json", **headers)
        return True

    return answer


def page(handler: _Handler) -> bool:
    """A page of maintenance with the status of all being well."""
    body = b"<!DOCTYPE html><html><body>Sitio en mantenimiento</body></html>"
    handler.send(200, body, "text/html; charset=utf-8")
    return True


def disguised_page(handler: _Handler) -> bool:
    """The same, said to be a file."""
    handler.send(200, b"\n<html><body>Error</body></html>" * 4000, "application/octet-stream")
    return True


def cut(after: int) -> Fault:
    """The body ends early: fewer bytes than were promised, and the connection closed."""

    def answer(handler: _Handler) -> bool:
        real, limit = handler.wfile, after

        class Short:
            left = limit

            def write(self, data: bytes) -> int:
                if data.startswith(b"HTTP/"):  # the head goes whole
                    return real.write(data)
                real.write(data[: self.left])
                self.left = max(0, self.left - len(data))
                return len(data)

            def flush(self) -> None:
                real.flush()

        handler.wfile = Short()  # type: ignore[assignment]
        handler.answer()
        handler.wfile = real
        handler.close_connection = True
        return True

    return answer


def slow(seconds: float) -> Fault:
    """Nothing for a while, then the answer."""

    def wait(_handler: _Handler) -> bool:
        time.sleep(seconds)
        return False

    return wait


def moved(to: str) -> Fault:
    """A redirection."""

    def answer(handler: _Handler) -> bool:
        handler.send(302, b"", "text/plain", Location=to)
        return True

    return answer


def fewer(rows: int) -> Fault:
    """The page of a data set with some rows less than were asked for."""

    def answer(handler: _Handler) -> bool:
        handler.asked.query["$limit"] = str(int(handler.asked.query["$limit"]) - rows)
        return False

    return answer


def fine(_handler: _Handler) -> bool:
    """The right answer."""
    return False


@contextmanager
def serving(folder: Path, certificate: Path | None = None) -> Iterator[Publishers]:
    """Publishers at an address of this machine; with a certificate, over TLS."""
    published = Publishers(folder=folder)
    handler = type("Handler", (_Handler,), {"published": published})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    published.base = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield published
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Path) -> Path:
    """A certificate of nobody that anybody trusts, with its key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "servidor.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
