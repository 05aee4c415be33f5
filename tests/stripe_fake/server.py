"""The front over HTTP, for browsers and other processes: ``python -m tests.stripe_fake.server --port 8497``.

Listens on this machine alone. ``/v1/...`` is Stripe's API, ``/pay/<session>`` its hosted page with three buttons,
``/_control/...`` what a test turns (see ``control``). ``serve()`` starts one inside a test.
"""

from __future__ import annotations

import argparse
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import control, faults, pay_page
from .fake import Fake

HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
	daemon_threads = True

	def __init__(self, fake: Fake, port: int = 0) -> None:
		super().__init__((HOST, port), Handler)
		self.fake = fake
		self.url = f"http://{HOST}:{self.server_port}"
		fake.page_base = self.url
		self.delivers = False  # messages on its own, after whatever made them


class Handler(BaseHTTPRequestHandler):
	server: Server
	protocol_version = "HTTP/1.1"

	def do_GET(self) -> None:
		self._serve()

	def do_POST(self) -> None:
		self._serve()

	def do_DELETE(self) -> None:
		self._serve()

	def _serve(self) -> None:
		body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
		path = urlsplit(self.path).path
		if path.startswith("/v1/"):
			self._api(body)
		elif path.startswith("/pay/"):
			self._page(path, body)
		elif path.startswith("/_control/"):
			self._control(path, body)
		elif path == "/favicon.ico":
			self._answer(204, "text/plain", b"")
		else:
			self._answer(404, "text/plain", b"not here")

	def _api(self, body: bytes) -> None:
		try:
			status, headers, text = self.server.fake.handle(self.command, self.path, dict(self.headers), body)
		except faults.Lost:
			# A client sees a connection that ends without an answer; that is what it can know of a timeout.
			self.close_connection = True
			self.connection.close()
			return
		self._answer(status, headers.pop("content-type"), text.encode(), headers)
		self._bring()

	def _page(self, path: str, body: bytes) -> None:
		fields = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
		page = pay_page.answer(self.server.fake, path.removeprefix("/pay/"), self.command, fields)
		# The customer is back before or after the message; nobody may count on either.
		self._bring()
		if page.redirect:
			self._answer(303, "text/plain", b"", {"Location": page.redirect})
		else:
			self._answer(page.status, "text/html; charset=utf-8", page.html.encode())

	def _control(self, path: str, body: bytes) -> None:
		try:
			asked = json.loads(body) if body else {}
			result = control.run(self.server, path.removeprefix("/_control/"), asked)
			status, text = 200, json.dumps(result)
		except Exception as error:  # whatever it is, the test in the other process has to see it
			status, text = 400, json.dumps({"error": f"{type(error).__name__}: {error}"})
		self._answer(status, "application/json", text.encode())
		self._bring()

	def _bring(self) -> None:
		if self.server.delivers and self.server.fake.webhooks.waiting():
			threading.Thread(target=deliver, args=(self.server.fake,), daemon=True).start()

	def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
		self.send_response(status)
		self.send_header("Content-Type", kind)
		self.send_header("Content-Length", str(len(body)))
		for name, value in (headers or {}).items():
			self.send_header(name, value)
		self.end_headers()
		self.wfile.write(body)

	def log_message(self, *_args: Any) -> None:
		pass


def deliver(fake: Fake, to: str = "") -> list[dict[str, Any]]:
	"""Brings every pending webhook to its endpoint over HTTP; ``to``: to this address instead. What each said."""
	said = []
	for delivery in fake.pending_webhooks():
		request = urllib.request.Request(
			to or delivery.url,
			data=delivery.raw,
			headers={"Content-Type": "application/json", "Stripe-Signature": delivery.header},
		)
		opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
		try:
			with opener.open(request, timeout=30) as answer:
				status = answer.status
		except urllib.error.HTTPError as error:
			status = error.code
		except OSError:
			status = 0
		delivery.answer(status)
		said.append({"event": delivery.event, "type": delivery.type, "status": status})
	return said


@contextmanager
def serve(fake: Fake | None = None, port: int = 0) -> Iterator[Server]:
	"""A server on a thread of this process."""
	server = Server(fake or Fake(), port)
	thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
	thread.start()
	try:
		yield server
	finally:
		server.shutdown()
		server.server_close()
		thread.join()


def main() -> None:
	parser = argparse.ArgumentParser(description="A strict stand-in for Stripe on this machine.")
	parser.add_argument("--port", type=int, default=8497)
	parser.add_argument("--key", default="", help="the secret key to accept (sk_test_...); told if not given")
	parser.add_argument("--deliver", action="store_true", help="deliver messages by itself")
	asked = parser.parse_args()
	server = Server(Fake(key=asked.key), asked.port)
	server.delivers = asked.deliver
	print(f"{server.url} takes {server.fake.key}", flush=True)
	try:
		server.serve_forever()
	except KeyboardInterrupt:
		server.server_close()


if __name__ == "__main__":
	main()
