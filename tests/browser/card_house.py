"""A dealership that takes cards: a stand-in for Stripe that the web server talks to as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import frappe
from frappe.installer import update_site_config

from dealer_pos_crm.dealer_cashier.gateway import accounts, inbox
from tests.browser import steps
from tests.site import cards
from tests.stripe_fake import server as http


@contextmanager
def open_house(base_url: str = "", **values) -> Iterator[SimpleNamespace]:
	"""``account``, ``fake`` and its ``url``. With ``base_url`` the site knows its own address for links.

	``values``: fields of the Gateway Account.
	"""
	steps.dealership()
	host = frappe.local.conf.get("host_name")
	if base_url:
		update_site_config("host_name", base_url, validate=False)
	with http.serve(cards.make_fake()) as server:
		update_site_config(accounts.API_BASE, server.url, validate=False)
		frappe.local.conf[accounts.API_BASE] = server.url
		try:
			account = cards.gateway_account(fake=server.fake, **values)
			frappe.clear_cache()
			yield SimpleNamespace(account=account, fake=server.fake, url=server.url, base_url=base_url)
		finally:
			update_site_config(accounts.API_BASE, "None", validate=False)
			frappe.local.conf.pop(accounts.API_BASE, None)
			if base_url:
				update_site_config("host_name", host or "None", validate=False)


def bring_messages(house: SimpleNamespace) -> None:
	"""The provider's messages through the web server's own door, and the jobs of the inbox, as no worker runs."""
	key = frappe.db.get_value("Gateway Account", house.account, "webhook_key")
	address = f"{house.base_url}/api/method/dealer_pos_crm.api.gateway.webhook?account={key}"
	said = http.deliver(house.fake, to=address)
	assert {one["status"] for one in said} <= {200}, said
	frappe.db.rollback()
	for name in frappe.get_all("Gateway Event", {"status": "Received"}, pluck="name", order_by="name"):
		inbox.work(name)
	frappe.db.commit()
