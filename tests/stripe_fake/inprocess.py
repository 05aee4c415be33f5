"""The front inside the process: the SDK talks to it as to any HTTP client, with its own retries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import stripe

from . import faults
from .fake import Fake

API = "https://api.stripe.com"
MADE_UP = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class InProcess(stripe.HTTPClient):
	"""Carries requests to the fake whose key they carry; several accounts may live side by side."""

	name = "inprocess"

	def __init__(self, *fakes: Fake) -> None:
		super().__init__()
		self.fakes = list(fakes)
		self._by_key = {fake.key: fake for fake in fakes}  # a key that is rolled later is refused by its own
		# Calls that did something under a key that the SDK made up: after a crash nobody knows it any more.
		self.careless: list[str] = []

	def request(
		self,
		method: str,
		url: str,
		headers: Mapping[str, str] | None,
		post_data: Any = None,
		*,
		_usage: list[str] | None = None,
	) -> tuple[str, int, Mapping[str, str]]:
		headers = headers or {}
		key = headers.get("Authorization", "").removeprefix("Bearer ")
		now = {fake.key: fake for fake in self.fakes}
		fake = now.get(key) or self._by_key.get(key) or self.fakes[0]
		if method == "post" and MADE_UP.fullmatch(headers.get("Idempotency-Key", "")):
			self.careless.append(url.removeprefix(API))
		try:
			status, answered, body = fake.handle(method, url, headers, post_data)
		except faults.TimedOut:
			raise self._lost("Request timed out. (The fake was told to.)") from None
		except faults.NoConnection:
			raise self._lost("Could not connect to Stripe. (The fake was told to.)") from None
		return body, status, answered

	def _lost(self, message: str) -> stripe.APIConnectionError:
		# As the SDK's own client for requests: both a timeout and a refused connection may be tried again.
		return stripe.APIConnectionError(message, should_retry=True)

	def _sleep_time_seconds(self, num_retries: int) -> float:
		return 0  # the retries are real, the waiting is not

	def close(self) -> None:
		pass


def client(fake: Fake, *, retries: int = 2) -> stripe.StripeClient:
	"""The SDK's client, connected to the fake."""
	return stripe.StripeClient(fake.key, http_client=InProcess(fake), max_network_retries=retries)
