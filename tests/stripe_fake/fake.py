"""One Stripe account that behaves: strict about every request, and with faults on order. See the package."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe

from . import faults, params, routes, wire
from .actors import Bank, Payer, Person
from .charges import Charges
from .clock import Clock
from .customers import Accounts, Customers
from .disputes import Disputes
from .errors import ApiError, broken, lock_timeout, missing, refused, too_many, wrong_key, wrong_params
from .files import Files
from .idempotency import Keys
from .intents import Intents
from .ledger import Ledger
from .payouts import Payouts
from .readers import Locations, Readers
from .refunds import Refunds
from .sessions import Sessions
from .store import Store, expanded, plain_copy
from .webhooks import Delivery, Endpoints, Events, Mailman


@dataclass
class Request:
	"""One call that reached the fake, for a test to look at."""

	operation: str
	params: dict[str, Any]
	key: str
	status: int = 0
	replayed: bool = False
	fault: str = ""
	id: str = ""
	name: str | None = None


@dataclass
class Habits:
	"""How this Stripe behaves where the real one may do either; strict is the default."""

	# The part of a hold that is not captured, and a released hold, stand as a refund on the charge.
	remainder_is_refund: bool = True
	# Seconds until a search finds a new payment.
	search_delay: int = 60
	# Seconds until a captured charge has its balance transaction.
	fee_delay: int = 0
	# Days until taken money is available for a payout.
	available_after: int = 2
	# How long a hold lives, in seconds.
	hold_online: int = 7 * 86400
	hold_in_person: int = 2 * 86400
	# A reader waits so long for a card.
	reader_patience: int = 120
	overrides: dict[str, Any] = field(default_factory=dict)


class Fake:
	def __init__(
		self,
		*,
		livemode: bool = False,
		key: str = "",
		currency: str = "usd",
		country: str = "US",
		start: int | None = None,
		seed: int | None = None,
	) -> None:
		"""``start`` stops the clock at a second since 1970; ``seed`` makes the names the same in every run."""
		self.livemode, self.currency, self.country = livemode, currency, country
		self.clock = Clock(start)
		self.store = Store(self.clock, seed)
		self.key = key or f"sk_{'live' if livemode else 'test'}_{self.store.letters(24)}"
		self.habits = Habits()
		self.lock = threading.RLock()
		self.keys = Keys(self.clock)
		self.faults = faults.Faults()
		self.requests: list[Request] = []
		self.current: Request | None = None
		self.page_base = ""  # where the pay page lives, when a server shows one
		self._hanging: list[Callable[[], None]] = []
		self._ticked = self.clock.now()
		self.account_id = f"acct_{self.store.letters(16)}"
		self.ledger = Ledger(self)
		self.events = Events(self)
		self.endpoints = Endpoints(self)
		self.webhooks = Mailman(self)
		self.accounts, self.customers, self.files = Accounts(self), Customers(self), Files(self)
		self.charges, self.refunds, self.intents = Charges(self), Refunds(self), Intents(self)
		self.sessions, self.disputes, self.payouts = Sessions(self), Disputes(self), Payouts(self)
		self.locations, self.readers = Locations(self), Readers(self)
		self.payer, self.bank, self.reader = Payer(self), Bank(self), Person(self)
		self.clock.on_change.append(self.tick)

	# What a test turns

	def fail_next(self, operation: str, how: str, times: int = 1) -> None:
		"""The next call of an operation ("refunds.create", "checkout.*", "*") fails as ``faults`` names it."""
		self.faults.plan(operation, how, times)

	def finish_hanging(self) -> int:
		"""Calls that timed out while Stripe still worked on them are done now. Returns how many."""
		with self.lock:
			waiting, self._hanging = self._hanging, []
			for finish in waiting:
				finish()
		return len(waiting)

	def pending_webhooks(self) -> list[Delivery]:
		"""What is to be delivered now, each once: (raw body, Stripe-Signature header)."""
		with self.lock:
			self.tick()
			return self.webhooks.take()

	def advance_to_payout(self) -> dict[str, Any]:
		"""Time goes on until all money is available and paid out; the payout, which is on the bank account."""
		return self.payouts.advance_and_pay()

	def calls(self, operation: str) -> list[Request]:
		return [request for request in self.requests if request.operation == operation]

	def object(self, name: str) -> dict[str, Any]:
		"""A copy of any object by its name."""
		found = self.store.find(name)
		if found is None:
			raise LookupError(f"{name} is not known here")
		return plain_copy(found)  # type: ignore[no-any-return]

	# What the fronts call

	def handle(
		self, method: str, url: str, headers: Mapping[str, str], body: str | bytes | None
	) -> tuple[int, dict[str, str], str]:
		"""Status, headers and body of an answer; ``faults.Lost`` where none arrives."""
		given = {name.lower(): value for name, value in headers.items()}
		request = Request("?", {}, given.get("idempotency-key", ""), id=f"req_{self.store.letters(14)}")
		with self.lock:
			self.tick()
			self.requests.append(request)
			self.current = request
			try:
				status, answer = self._answer(method.upper(), url, given, body, request)
			except ApiError as error:
				status, answer = error.status, error.body
			finally:
				self.current = None
			request.status = status
			text = json.dumps(answer)
		out = {"content-type": "application/json", "request-id": request.id}
		if request.key:
			out["idempotency-key"] = request.key
		if request.replayed:
			out["idempotent-replayed"] = "true"
		return status, out, text

	def _answer(
		self, method: str, url: str, given: dict[str, str], body: str | bytes | None, request: Request
	) -> tuple[int, dict[str, Any]]:
		path, query = wire.split_url(url)
		found = routes.find(method, path)
		if found is None:
			raise ApiError(
				404,
				{
					"type": "invalid_request_error",
					"message": f"Unrecognized request URL ({method}: {path}).",
				},
				begun=False,
			)
		route, name = found
		request.operation, request.name = route.operation, name
		fault = self.faults.take(route.operation)
		request.fault = fault or ""
		self._raise_before(fault)
		self._authenticate(given)
		content = given.get("content-type", "")
		if content.startswith("multipart/"):
			sent = wire.multipart(body if isinstance(body, bytes) else str(body or "").encode(), content)
		else:
			sent = {**query, **wire.decode(body)}
		request.params = params.checked(sent, route.params)
		key = request.key if method == "POST" else ""
		fingerprint = json.dumps([method, path, sent], sort_keys=True, default=repr)
		if key:
			kept = self.keys.begin(key, fingerprint)
			if kept is not None:
				request.replayed = True
				if fault == faults.TIMEOUT_AFTER:
					raise faults.TimedOut(route.operation)
				return kept
		if fault == faults.HANGS:
			self._hanging.append(lambda: self._finish(route, name, request, key))
			raise faults.TimedOut(route.operation)
		status, answer = self._work(route, name, request, key, fault)
		if fault == faults.TIMEOUT_AFTER:
			raise faults.TimedOut(route.operation)
		return status, answer

	def _finish(self, route: routes.Route, name: str | None, request: Request, key: str) -> None:
		self.current = request
		try:
			request.status, _answer = self._work(route, name, request, key, None)
		finally:
			self.current = None

	def _work(
		self, route: routes.Route, name: str | None, request: Request, key: str, fault: str | None
	) -> tuple[int, dict[str, Any]]:
		values = dict(request.params)
		paths = values.pop("expand", [])
		try:
			if fault == faults.BROKEN:
				raise broken()
			function = getattr(getattr(self, route.manager), route.function)
			answer = function(name, values) if name is not None else function(values)
			status, answer = 200, expanded(self.store, answer, paths)
			if fault == faults.BROKEN_AFTER:
				raise broken()
		except ApiError as error:
			status, answer = error.status, error.body
			if key and not error.begun:
				self.keys.forget(key)
				return status, answer
		except BaseException:
			if key:
				self.keys.forget(key)
			raise
		if key:
			self.keys.keep(key, status, answer)
		return status, answer

	def _raise_before(self, fault: str | None) -> None:
		if fault == faults.REFUSED:
			raise faults.NoConnection("connection refused")
		if fault == faults.TIMEOUT_BEFORE:
			raise faults.TimedOut("timed out")
		if fault == faults.CONFLICT:
			raise lock_timeout()
		if fault == faults.TOO_MANY:
			raise too_many()

	def _authenticate(self, given: dict[str, str]) -> None:
		shown = given.get("authorization", "").removeprefix("Bearer ")
		if shown != self.key:
			raise wrong_key(shown[:8] + "*" * max(0, len(shown) - 12) + shown[-4:])
		version = given.get("stripe-version")
		if version != stripe.api_version:
			raise wrong_params(
				f"This account is tested with API version {stripe.api_version}, not {version}."
			)

	def tick(self) -> None:
		"""What time alone does: sessions and holds expire, money becomes available, readers give up."""
		with self.lock:
			now = self.clock.now()
			if now == self._ticked:
				return  # nothing falls due within the second in which it was made
			self._ticked = now
			for manager in (
				self.sessions,
				self.intents,
				self.readers,
				self.disputes,
				self.ledger,
				self.payouts,
			):
				manager.tick()


__all__ = ["ApiError", "Fake", "Habits", "Request", "missing", "refused"]
