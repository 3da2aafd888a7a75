"""A clamd that speaks the protocol over a real socket and knows one sign of harm."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager

HARM = b"HARMFUL-SAMPLE"


class _Line(socketserver.StreamRequestHandler):
    def handle(self):
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        self.server.commands.append(command)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            self.wfile.write(self._scan() + b"\0")

    def _scan(self):
        content = b""
        while size := int.from_bytes(self.rfile.read(4)):
            content += self.rfile.read(size)
            if len(content) > self.server.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.server.scanned.append(content)
        if self.server.broken:
            return b"stream: scanner is out of memory ERROR"
        return b"stream: Sample.Harm FOUND" if HARM in content else b"stream: OK"


class _Quiet:
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up in the middle is what some tests are about."""


class _OnHost(_Quiet, socketserver.ThreadingTCPServer):
    pass


class _OnPath(_Quiet, socketserver.ThreadingUnixStreamServer):
    pass


@contextmanager
def clamd(path="", limit=1_000_000):
    """A running scanner; its ``address`` is what the setting takes."""
    server = _OnPath(path, _Line) if path else _OnHost(("127.0.0.1", 0), _Line)
    server.scanned, server.commands, server.limit, server.broken = [], [], limit, False
    server.address = path or f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
