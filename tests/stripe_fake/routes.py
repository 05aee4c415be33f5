"""Method and path -> operation, its parameters in the SDK's words, and who does it.

Operation names are those of the SDK's services: ``checkout.sessions.create``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import stripe


@dataclass(frozen=True)
class Route:
	method: str
	pattern: re.Pattern[str]
	operation: str
	shape: str
	manager: str
	function: str

	@property
	def params(self) -> type | None:
		node: Any = stripe.params
		for step in self.shape.split("."):
			node = getattr(node, step)
		return node  # type: ignore[no-any-return]


def _route(method: str, path: str, operation: str, shape: str, manager: str, function: str = "") -> Route:
	pattern = re.compile("^/v1/" + path.replace("{id}", r"(?P<id>[^/]+)") + "$")
	return Route(method, pattern, operation, shape, manager, function or operation.rpartition(".")[2])


def _kind(path: str, operation: str, shape: str, manager: str, verbs: str) -> list[Route]:
	"""The usual verbs of one kind of object."""
	known = {
		"create": ("POST", path, "Create"),
		"retrieve": ("GET", path + "/{id}", "Retrieve"),
		"update": ("POST", path + "/{id}", "Update"),
		"delete": ("DELETE", path + "/{id}", "Delete"),
		"list": ("GET", path, "List"),
		"search": ("GET", path + "/search", "Search"),
	}
	made = []
	for verb in verbs.split():
		method, where, word = known[verb]
		made.append(_route(method, where, f"{operation}.{verb}", f"{shape}{word}Params", manager))
	return made


def _step(path: str, operation: str, shape: str, manager: str) -> Route:
	verb = operation.rpartition(".")[2]
	return _route("POST", f"{path}/{{id}}/{path_of(verb)}", operation, shape, manager)


def path_of(verb: str) -> str:
	return verb


ROUTES: list[Route] = [
	_route("GET", "account", "accounts.retrieve_current", "AccountRetrieveCurrentParams", "accounts"),
	_route("GET", "balance", "balance.retrieve", "BalanceRetrieveParams", "ledger", "balance"),
	*_kind(
		"payment_intents", "payment_intents", "PaymentIntent", "intents", "search create retrieve update list"
	),
	*(
		_step("payment_intents", f"payment_intents.{verb}", f"PaymentIntent{verb.title()}Params", "intents")
		for verb in ("confirm", "capture", "cancel")
	),
	*_kind("charges", "charges", "Charge", "charges", "search retrieve update list"),
	*_kind("refunds", "refunds", "Refund", "refunds", "create retrieve update list"),
	_step("refunds", "refunds.cancel", "RefundCancelParams", "refunds"),
	*_kind(
		"checkout/sessions",
		"checkout.sessions",
		"checkout.Session",
		"sessions",
		"create retrieve update list",
	),
	_step("checkout/sessions", "checkout.sessions.expire", "checkout.SessionExpireParams", "sessions"),
	_route(
		"GET",
		"checkout/sessions/{id}/line_items",
		"checkout.sessions.line_items.list",
		"checkout.SessionLineItemListParams",
		"sessions",
		"line_items",
	),
	*_kind("disputes", "disputes", "Dispute", "disputes", "retrieve update list"),
	_step("disputes", "disputes.close", "DisputeCloseParams", "disputes"),
	*_kind("payouts", "payouts", "Payout", "payouts", "create retrieve update list"),
	_step("payouts", "payouts.cancel", "PayoutCancelParams", "payouts"),
	*_kind("balance_transactions", "balance_transactions", "BalanceTransaction", "ledger", "retrieve list"),
	*_kind(
		"terminal/readers",
		"terminal.readers",
		"terminal.Reader",
		"readers",
		"create retrieve update delete list",
	),
	*(
		_route(
			"POST",
			f"terminal/readers/{{id}}/{verb}",
			f"terminal.readers.{verb}",
			f"terminal.Reader{verb.title().replace('_', '')}Params",
			"readers",
		)
		for verb in ("process_payment_intent", "cancel_action")
	),
	_route(
		"POST",
		"test_helpers/terminal/readers/{id}/present_payment_method",
		"test_helpers.terminal.readers.present_payment_method",
		"test_helpers.terminal.ReaderPresentPaymentMethodParams",
		"readers",
	),
	*_kind(
		"terminal/locations",
		"terminal.locations",
		"terminal.Location",
		"locations",
		"create retrieve update list",
	),
	*_kind("files", "files", "File", "files", "create retrieve list"),
	*_kind("customers", "customers", "Customer", "customers", "create retrieve update list"),
	*_kind(
		"webhook_endpoints",
		"webhook_endpoints",
		"WebhookEndpoint",
		"endpoints",
		"create retrieve update delete list",
	),
	*_kind("events", "events", "Event", "events", "retrieve list"),
]


def find(method: str, path: str) -> tuple[Route, str | None] | None:
	for route in ROUTES:
		if route.method == method.upper() and (match := route.pattern.match(path)):
			return route, match.groupdict().get("id")
	return None
