"""Events, the endpoints that want them, and the mail that brings them: twice, late, never, or forged on order."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import stripe

from . import shapes_more as shapes
from .errors import refused, wrong_params
from .params import merged_metadata
from .store import Row, created_in, page, plain_copy

if TYPE_CHECKING:
	from .fake import Fake

KEPT_DAYS = 30
# Hours after which a delivery that was not answered with 2xx is tried again, as Stripe does for three days.
RETRIES = (1, 2, 4, 8, 16, 24)
WAYS = (
	"duplicate", "delay", "drop", "forged", "tampered", "stale", "unsigned", "wrong_mode",
)  # fmt: skip


def sign(body: bytes, secret: str, at: int | None = None) -> str:
	"""A Stripe-Signature header, made by the SDK itself."""
	return stripe.WebhookSignature.generate_signature_header(
		body.decode(), secret, timestamp=int(time.time()) if at is None else at
	)


class Endpoints:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def create(self, params: Row) -> Row:
		fake = self._fake
		self._check_url(params["url"])
		row = shapes.webhook_endpoint(
			fake.store.new_id("we"),
			created=fake.clock.now(),
			url=params["url"],
			events=params["enabled_events"],
			livemode=fake.livemode,
			api_version=params.get("api_version"),
			description=params.get("description"),
			metadata=merged_metadata({}, params.get("metadata")),
		)
		fake.store.add(row)
		secret = f"whsec_{fake.store.letters(32)}"
		fake.store.hidden(row["id"])["secrets"] = [(secret, None)]
		return {**row, "secret": secret}  # shown this once

	def _check_url(self, url: str) -> None:
		if not url.startswith(("https://", "http://")):
			raise refused(
				"Invalid URL: An explicit scheme (such as https) must be provided.", "url_invalid", "url"
			)
		if self._fake.livemode and not url.startswith("https://"):
			raise refused("Live webhook endpoints must use https.", "url_invalid", "url")

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("webhook_endpoint", name)

	def update(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		if "url" in params:
			self._check_url(params["url"])
		if "disabled" in params:
			row["status"] = "disabled" if params["disabled"] else "enabled"
		row["metadata"] = merged_metadata(row["metadata"], params.get("metadata"))
		row.update(
			{field: params[field] for field in ("url", "enabled_events", "description") if field in params}
		)
		return row

	def delete(self, name: str, params: Row) -> Row:
		self.retrieve(name, {})
		del self._fake.store.rows["webhook_endpoint"][name]
		return {"id": name, "object": "webhook_endpoint", "deleted": True}

	def list(self, params: Row) -> Row:
		return page(self._fake.store.all("webhook_endpoint"), params, "/v1/webhook_endpoints")

	def roll_secret(self, name: str, keep_hours: float = 24) -> str:
		"""A new secret (Stripe's dashboard does it); the old one signs too until its time is over."""
		hidden = self._fake.store.hidden(name)
		secret = f"whsec_{self._fake.store.letters(32)}"
		until = self._fake.clock.now() + int(keep_hours * 3600)
		hidden["secrets"] = [(secret, None)] + [(old, until) for old, end in hidden["secrets"] if end is None]
		return secret

	def secrets(self, name: str) -> list[str]:
		now = self._fake.clock.now()
		return [
			secret
			for secret, until in self._fake.store.hidden(name)["secrets"]
			if until is None or until > now
		]

	def wanting(self, kind: str) -> list[Row]:
		return [
			row
			for row in reversed(self._fake.store.all("webhook_endpoint"))
			if row["status"] == "enabled" and ("*" in row["enabled_events"] or kind in row["enabled_events"])
		]


class Events:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def emit(self, kind: str, thing: Row, previous: Row | None = None) -> Row:
		fake = self._fake
		event = shapes.event(
			fake.store.new_id("evt"),
			created=fake.clock.now(),
			kind=kind,
			thing=plain_copy(thing),
			livemode=fake.livemode,
			api_version=stripe.api_version,
		)
		if previous:
			event["data"]["previous_attributes"] = previous
		if fake.current is not None:
			event["request"] = {"id": fake.current.id, "idempotency_key": fake.current.key or None}
		fake.store.add(event)
		for endpoint in fake.endpoints.wanting(kind):
			event["pending_webhooks"] += 1
			fake.webhooks.post(event, endpoint)
		return event

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("event", name)

	def list(self, params: Row) -> Row:
		fake = self._fake
		if "type" in params and "types" in params:
			raise wrong_params("You may only specify one of these parameters: type, types.", "types")
		if len(params.get("types", ())) > 20:
			raise wrong_params("You may list 20 types at most.", "types")
		patterns = params.get("types") or ([params["type"]] if "type" in params else ["*"])
		in_time, oldest = created_in(params), fake.clock.now() - KEPT_DAYS * 86400
		wanted = params.get("delivery_success")

		def fits(event: Row) -> bool:
			kind_fits = any(
				pattern in ("*", event["type"])
				or (pattern.endswith("*") and event["type"].startswith(pattern[:-1]))
				for pattern in patterns
			)
			delivered = event["pending_webhooks"] == 0
			return kind_fits and event["created"] > oldest and in_time(event) and wanted in (None, delivered)

		return page([event for event in fake.store.all("event") if fits(event)], params, "/v1/events")


@dataclass
class Delivery:
	"""One try to deliver one event: ``raw, header = delivery``. Counts as taken unless ``answer`` says not."""

	raw: bytes
	header: str
	event: str
	type: str
	endpoint: str
	url: str
	way: str = ""
	_mailman: Mailman | None = field(default=None, repr=False)
	_letter: Letter | None = field(default=None, repr=False)

	def __iter__(self) -> Iterator[Any]:
		return iter((self.raw, self.header))

	def answer(self, status: int) -> None:
		"""What the site said. Not 2xx: it is tried again later, on the fake's clock."""
		if self._mailman is not None and self._letter is not None and not 200 <= status < 300:
			self._mailman.again(self._letter)


@dataclass
class Letter:
	event: Row
	endpoint: str
	due: int
	tries: int = 0


@dataclass
class Rule:
	way: str
	type: str
	times: int
	seconds: int


class Mailman:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake
		self._letters: list[Letter] = []
		self._rules: list[Rule] = []
		self._shuffle: random.Random | None = None

	# Faults

	def next(self, way: str, event: str = "*", times: int = 1, *, seconds: int = 3600) -> None:
		"""The next deliveries of an event type come as ``WAYS`` names it; ``seconds``: of a delay."""
		if way not in WAYS:
			raise ValueError(f"no such way {way!r}; there are {', '.join(WAYS)}")
		self._rules.append(Rule(way, event, times, seconds))

	def shuffle(self, seed: int) -> None:
		"""The next batch comes in another order."""
		self._shuffle = random.Random(seed)

	def clear(self) -> None:
		self._rules.clear()

	# The post

	def post(self, event: Row, endpoint: Row) -> None:
		self._letters.append(Letter(event, endpoint["id"], self._fake.clock.now()))

	def again(self, letter: Letter) -> None:
		letter.tries += 1
		letter.event["pending_webhooks"] += 1
		if letter.tries <= len(RETRIES):
			letter.due = self._fake.clock.now() + RETRIES[letter.tries - 1] * 3600
			self._letters.append(letter)

	def waiting(self) -> int:
		return len(self._letters)

	def take(self) -> list[Delivery]:
		now = self._fake.clock.now()
		due = [letter for letter in self._letters if letter.due <= now]
		self._letters = [letter for letter in self._letters if letter.due > now]
		if self._shuffle is not None:
			self._shuffle.shuffle(due)
			self._shuffle = None
		out: list[Delivery] = []
		for letter in due:
			out.extend(self._deliver(letter))
		return out

	def _deliver(self, letter: Letter) -> list[Delivery]:
		rows = self._fake.store.rows.get("webhook_endpoint", {})
		if letter.endpoint not in rows:
			return []
		rule = self._rule(letter.event["type"])
		if rule and rule.way == "delay":
			letter.due = self._fake.clock.now() + rule.seconds
			self._letters.append(letter)
			return []
		if rule and rule.way == "drop":
			return []  # and the event stays undelivered
		delivery = self._made(letter, rows[letter.endpoint], rule.way if rule else "")
		letter.event["pending_webhooks"] -= 1
		return [delivery, delivery] if rule and rule.way == "duplicate" else [delivery]

	def _rule(self, kind: str) -> Rule | None:
		for rule in self._rules:
			if rule.type in ("*", kind):
				rule.times -= 1
				if rule.times <= 0:
					self._rules.remove(rule)
				return rule
		return None

	def _made(self, letter: Letter, endpoint: Row, way: str) -> Delivery:
		event = plain_copy(letter.event)
		if way == "wrong_mode":
			event["livemode"] = not event["livemode"]
		body = json.dumps(event, indent=2).encode()
		header = self.header(body, endpoint["id"], int(time.time()) - (7200 if way == "stale" else 0))
		if way == "forged":
			header = sign(body, "whsec_of_somebody_else")
		if way == "unsigned":
			header = ""
		if way == "tampered":
			body = body.replace(b'"livemode"', b'"livemode" ', 1)
		return Delivery(
			body, header, event["id"], event["type"], endpoint["id"], endpoint["url"], way, self, letter
		)

	def header(self, body: bytes, endpoint: str, at: int | None = None) -> str:
		"""Signed with every secret of the endpoint that is valid now."""
		headers = [sign(body, secret, at) for secret in self._fake.endpoints.secrets(endpoint)]
		first, *more = headers
		return ",".join(
			[first, *(part for header in more for part in header.split(",") if part.startswith("v1="))]
		)

	def wrap(self, kind: str, thing: Row, endpoint: str) -> Delivery:
		"""Any object as a well signed event that the fake did not cause, for one endpoint."""
		row = self._fake.store.get("webhook_endpoint", endpoint)
		fake = self._fake
		event = shapes.event(
			fake.store.new_id("evt"), created=fake.clock.now(), kind=kind, thing=plain_copy(thing),
			livemode=fake.livemode, api_version=stripe.api_version,
		)  # fmt: skip
		fake.store.add(event)
		body = json.dumps(event).encode()
		return Delivery(body, self.header(body, endpoint), event["id"], kind, endpoint, row["url"])
