"""A web server on this machine for tests: it can break off or refuse ranges, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """``files``: path -> content. ``breaks``: for each request in turn, after how many bytes it breaks off."""

    files: dict[str, bytes]
    ranges: bool = True
    length: bool = True
    breaks: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and Range header of each request."""
    served: int = 0
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site, wanted = self.site, self.headers.get("Range") or ""
        site.asked.append((self.path, wanted))
        content = site.files.get(self.path)
        if content is None:
            return self.send_error(404)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and site.ranges else 0
        if start and start >= len(content):
            return self.send_error(416)
        self.send_response(206 if wanted and site.ranges else 200)
        if site.length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        part = content[start:]
        part = part[: site.breaks.pop(0)] if site.breaks else part
        site.served += len(part)  # before, so that whoever has the bytes finds them counted
        self.wfile.write(part)
        return None

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    handler = type("SiteHandler", (Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
