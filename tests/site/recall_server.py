"""A stand-in for the public recall service, on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import frappe


def campaign(number: str, **values) -> dict:
	return {
		"Manufacturer": "Example Motor Company",
		"NHTSACampaignNumber": number,
		"parkIt": False,
		"parkOutSide": False,
		"ReportReceivedDate": "23/08/2024",
		"Component": "FUEL SYSTEM, GASOLINE",
		"Summary": "A fuel leak may occur.",
		"Consequence": "A leak increases the risk of a fire.",
		"Remedy": "Dealers will replace the injectors.",
		**values,
	}


@dataclass
class RecallServer:
	"""What it answers (status and body), and what it was asked."""

	url: str = ""
	status: int = 200
	body: bytes = b""
	asked: list[dict] = field(default_factory=list)
	headers: list[dict] = field(default_factory=list)

	def answers(self, *campaigns: dict) -> None:
		self.status = 200
		self.body = json.dumps(
			{"Count": len(campaigns), "Message": "Results returned successfully", "results": list(campaigns)}
		).encode()

	def fails(self, status: int, body: bytes = b"{}") -> None:
		self.status, self.body = status, body


@contextmanager
def recall_server() -> Iterator[RecallServer]:
	"""The service at a port of its own; the site asks there instead of the real one."""
	state = RecallServer()

	class Handler(BaseHTTPRequestHandler):
		def do_GET(self) -> None:
			parts = urlsplit(self.path)
			state.asked.append(
				{"path": parts.path, **{key: value[0] for key, value in parse_qs(parts.query).items()}}
			)
			state.headers.append(dict(self.headers))
			self.send_response(state.status)
			self.send_header("Content-Type", "application/json")
			self.end_headers()
			self.wfile.write(state.body)

		def log_message(self, *_args) -> None:
			pass

	server = HTTPServer(("127.0.0.1", 0), Handler)
	thread = threading.Thread(target=server.serve_forever, daemon=True)
	thread.start()
	state.url = f"http://127.0.0.1:{server.server_port}"
	before = frappe.conf.get("dealer_recall_url")
	frappe.local.conf["dealer_recall_url"] = state.url
	state.answers()
	try:
		yield state
	finally:
		if before is None:
			frappe.local.conf.pop("dealer_recall_url", None)
		else:
			frappe.local.conf["dealer_recall_url"] = before
		server.shutdown()
		server.server_close()
		thread.join()
