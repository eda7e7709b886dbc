"""A webhook and a mail server on the loopback, as little of each as a client needs."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex


class WebhookServer(ThreadingHTTPServer):
    """Takes posts as Slack does and answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Hook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/{PATH_SECRET}"


PATH_SECRET = token_hex(12)


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, WebhookServer)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Content-Type"] == "application/json"
        if server.status == 200:
            server.texts.append(body["text"])
        self.send_response(server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep the test's output clean."""


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs to hand over a message."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.messages: list[str] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        super().__init__((host, 0), _Smtp)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, MailServer)
        self.say("220 test")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            match line.split(" ")[0].upper():
                case "EHLO":
                    self.say("250-test\r\n250 AUTH PLAIN")
                case "AUTH":
                    server.logins.append(line)
                    self.say("235 ok")
                case "RCPT":
                    server.recipients.append(line.partition(":")[2])
                    self.say("250 ok")
                case "DATA":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    server.messages.append(b"".join(lines).decode())
                    self.say("250 taken")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve in a thread until the context ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
