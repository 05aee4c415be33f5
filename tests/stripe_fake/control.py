"""What another process may turn, as JSON posted to ``/_control/<name>``; and ``Remote``, which does the posting.

``state`` {}; ``fail_next`` {operation, how, times}; ``webhook_fault`` {way, event, times}; ``deliver`` {to};
``delivers`` {on}; ``pay`` {session, card}; ``settle`` {session, ok}; ``dispute`` {charge, ...};
``decide`` {dispute, outcome}; ``fail_refund`` {refund, reason}; ``present`` {reader, card};
``reader`` {label}: makes one; ``advance`` {days, hours, seconds}; ``payout`` {}; ``object`` {name};
``requests`` {operation}; ``habit`` {name, value}; ``finish_hanging`` {}.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
	from .server import Server


def run(server: Server, name: str, asked: dict[str, Any]) -> Any:
	do = {
		"state": _state,
		"fail_next": lambda s, **values: s.fake.fail_next(**values),
		"webhook_fault": lambda s, way, event="*", times=1, **more: s.fake.webhooks.next(
			way, event, times, **more
		),
		"deliver": _deliver,
		"delivers": _delivers,
		"pay": lambda s, session, card="4242": asdict(s.fake.payer.pay(session, card)),
		"settle": lambda s, session, ok=True: s.fake.payer.settle(session, ok),
		"dispute": lambda s, charge, **more: s.fake.bank.dispute(charge, **more),
		"decide": lambda s, dispute, outcome: s.fake.bank.decide(dispute, outcome),
		"fail_refund": lambda s, refund, **more: s.fake.bank.fail_refund(refund, **more),
		"present": lambda s, reader, card="4242": s.fake.reader.present(reader, card),
		"reader": _reader,
		"advance": lambda s, **time: s.fake.clock.advance(**time),
		"payout": lambda s: s.fake.advance_to_payout(),
		"object": lambda s, name: s.fake.object(name),
		"requests": _requests,
		"habit": lambda s, name, value: setattr(s.fake.habits, name, value),
		"finish_hanging": lambda s: s.fake.finish_hanging(),
	}.get(name)
	if do is None:
		raise LookupError(f"no such control: {name}")
	return do(server, **asked)


def _state(server: Server) -> dict[str, Any]:
	fake = server.fake
	return {
		"key": fake.key,
		"account": fake.account_id,
		"now": fake.clock.now(),
		"waiting_webhooks": fake.webhooks.waiting(),
		"objects": {kind: list(rows) for kind, rows in fake.store.rows.items()},
	}


def _deliver(server: Server, to: str = "") -> Any:
	from .server import deliver

	return deliver(server.fake, to)


def _delivers(server: Server, on: bool) -> None:
	server.delivers = on


def _reader(server: Server, label: str = "Front counter") -> Any:
	fake = server.fake
	place = fake.locations.create({"display_name": "Showroom"})
	return fake.readers.create(
		{"registration_code": "simulated-s700", "label": label, "location": place["id"]}
	)


def _requests(server: Server, operation: str = "") -> list[dict[str, Any]]:
	return [
		{"operation": one.operation, "key": one.key, "status": one.status, "replayed": one.replayed}
		for one in server.fake.requests
		if operation in ("", one.operation)
	]


class Remote:
	"""A fake in another process: ``Remote(url).pay(session=...)``; ``state()["key"]`` is its secret key."""

	def __init__(self, url: str) -> None:
		self.url = url.rstrip("/")
		self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

	def __getattr__(self, name: str) -> Any:
		if name.startswith("_"):
			raise AttributeError(name)

		def post(**asked: Any) -> Any:
			request = urllib.request.Request(f"{self.url}/_control/{name}", data=json.dumps(asked).encode())
			try:
				with self._opener.open(request, timeout=60) as answer:
					return json.loads(answer.read())
			except urllib.error.HTTPError as error:
				raise RuntimeError(json.loads(error.read())["error"]) from None

		return post
