"""The account that the smoke tests use; without a test key they are skipped, and say so."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from typing import TypeVar

import pytest
import stripe

from dealer_pos_crm.gateways.stripe.client import TEST, Gateway, mode_of

KEY = os.environ.get("STRIPE_TEST_KEY", "")
# Another address than Stripe's own, to try these tests themselves.
BASE = os.environ.get("STRIPE_TEST_BASE") or None
PATIENCE = float(os.environ.get("STRIPE_TEST_PATIENCE") or 180)

Result = TypeVar("Result")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
	if KEY:
		return
	for item in items:
		item.add_marker(pytest.mark.skip(reason="STRIPE_TEST_KEY is not set: Stripe itself was NOT asked"))


@pytest.fixture(scope="session")
def key() -> str:
	if mode_of(KEY) != TEST:
		pytest.exit(
			"STRIPE_TEST_KEY is no test key; these tests charge cards, and never touch a live account", 2
		)
	return KEY


@pytest.fixture(scope="session")
def gateway(key: str) -> Gateway:
	return Gateway(key, api_base=BASE)


@pytest.fixture(scope="session")
def api(key: str) -> stripe.StripeClient:
	"""For what only a test does: be the customer."""
	return stripe.StripeClient(key, base_addresses={"api": BASE, "files": BASE} if BASE else None)


@pytest.fixture
def once() -> str:
	"""An idempotency key, and a label to find things by."""
	return f"smoke-{uuid.uuid4().hex}"


def wait_for(what: Callable[[], Result]) -> Result:
	"""The first answer that is not empty; Stripe settles some things in its own time."""
	until = time.monotonic() + PATIENCE
	while not (found := what()) and time.monotonic() < until:
		time.sleep(min(3.0, PATIENCE / 10))
	return found
