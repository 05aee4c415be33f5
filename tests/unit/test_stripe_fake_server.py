"""The stand-in for Stripe over HTTP: its page to pay on, its control, and messages that are really delivered."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import stripe

from tests.stripe_fake.control import Remote
from tests.stripe_fake.server import HOST, Server, serve
from tests.unit.stripe_helpers import session


class NoRedirect(urllib.request.HTTPRedirectHandler):
	def redirect_request(self, *_args: object) -> None:
		return None


web = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect())


def get(url: str, data: bytes | None = None) -> tuple[int, str, str]:
	"""Status, text and where it leads."""
	try:
		with web.open(url, data=data, timeout=10) as answer:
			return answer.status, answer.read().decode(), ""
	except urllib.error.HTTPError as error:
		return error.code, error.read().decode(), error.headers.get("Location") or ""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
	with serve() as running:
		yield running


@pytest.fixture
def api(server: Server) -> stripe.StripeClient:
	return stripe.StripeClient(
		server.fake.key, base_addresses={"api": server.url, "files": server.url}, max_network_retries=0
	)


def test_it_listens_on_this_machine_alone(server: Server) -> None:
	assert server.server_address[0] == HOST == "127.0.0.1"


def test_a_person_pays_on_the_page(server: Server, api: stripe.StripeClient) -> None:
	made = session(api)
	status, text, _to = get(made.url)
	assert status == 200 and "500.00 USD" in text and "Deposit" in text
	assert all(f">{word}</button>" in text for word in ("Pay", "Decline", "Cancel"))
	status, text, _to = get(made.url, b"do=decline")
	assert status == 200 and "declined" in text
	assert get(made.url, b"do=cancel")[::2] == (303, "https://dealer.example/back")
	assert get(made.url, b"do=pay")[::2] == (303, f"https://dealer.example/thanks?session={made.id}")
	status, text, _to = get(made.url)
	assert status == 410 and "paid already" in text
	assert get(f"{server.url}/pay/cs_nobody")[0] == 404


def test_the_page_says_what_a_stranger_wrote_as_text(server: Server, api: stripe.StripeClient) -> None:
	line = {
		"quantity": 1,
		"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "<b>Hi"}},
	}
	assert "&lt;b&gt;Hi" in get(session(api, line_items=[line]).url)[1]


def test_a_lost_answer_over_the_network(server: Server, api: stripe.StripeClient) -> None:
	server.fake.fail_next("customers.create", "timeout_after")
	with pytest.raises(stripe.APIConnectionError):
		api.v1.customers.create({"description": "once"}, {"idempotency_key": "c1"})
	made = api.v1.customers.create({"description": "once"}, {"idempotency_key": "c1"})
	assert [row["id"] for row in server.fake.store.all("customer")] == [made.id]


def test_another_process_turns_it(server: Server, api: stripe.StripeClient) -> None:
	remote = Remote(server.url)
	assert remote.state()["key"] == server.fake.key
	visit = remote.pay(session=session(api).url)
	remote.fail_next(operation="refunds.create", how="429")
	with pytest.raises(stripe.RateLimitError):
		api.v1.refunds.create({"payment_intent": visit["intent"]})
	dispute = remote.dispute(charge=visit["charge"], amount=1_000)
	remote.decide(dispute=dispute["id"], outcome="won")
	assert remote.object(name=dispute["id"])["status"] == "won"
	assert remote.payout()["status"] == "paid"
	with pytest.raises(RuntimeError, match="no such control"):
		remote.steal()
	with pytest.raises(RuntimeError, match="not known here"):
		remote.object(name="pi_nobody")


@contextmanager
def site(answers: list[int]) -> Iterator[tuple[str, list[tuple[bytes, str]]]]:
	"""A web site that takes messages and answers them with these statuses in turn."""
	taken: list[tuple[bytes, str]] = []

	class Handler(BaseHTTPRequestHandler):
		def do_POST(self) -> None:
			body = self.rfile.read(int(self.headers["Content-Length"]))
			taken.append((body, self.headers["Stripe-Signature"]))
			self.send_response(answers.pop(0) if answers else 200)
			self.send_header("Content-Length", "0")
			self.end_headers()

		def log_message(self, *_args: object) -> None:
			pass

	listening = HTTPServer((HOST, 0), Handler)
	threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
	try:
		yield f"http://{HOST}:{listening.server_port}/hook", taken
	finally:
		listening.shutdown()
		listening.server_close()


def test_messages_are_brought_until_they_are_taken(api: stripe.StripeClient, server: Server) -> None:
	with site([500]) as (url, taken):
		made = api.v1.webhook_endpoints.create({"url": url, "enabled_events": ["payment_intent.succeeded"]})
		remote = Remote(server.url)
		remote.pay(session=session(api).url)
		assert [said["status"] for said in remote.deliver()] == [500]
		assert remote.deliver() == []
		remote.advance(hours=1)
		assert [said["status"] for said in remote.deliver()] == [200]
		first, second = taken
		assert first[0] == second[0]
		assert api.construct_event(second[0], second[1], made.secret).type == "payment_intent.succeeded"
		api.v1.webhook_endpoints.delete(made.id)


def test_messages_are_brought_by_themselves_when_asked(api: stripe.StripeClient, server: Server) -> None:
	with site([]) as (url, taken):
		made = api.v1.webhook_endpoints.create({"url": url, "enabled_events": ["refund.created"]})
		server.delivers = True
		try:
			visit = Remote(server.url).pay(session=session(api).url)
			api.v1.refunds.create({"payment_intent": visit["intent"], "amount": 100})
			until = time.monotonic() + 5
			while not taken and time.monotonic() < until:
				time.sleep(0.01)
		finally:
			server.delivers = False
		assert [api.construct_event(raw, header, made.secret).type for raw, header in taken] == [
			"refund.created"
		]
		api.v1.webhook_endpoints.delete(made.id)
