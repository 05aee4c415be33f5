"""A refusal as the person sees it, and that nothing is left of what was refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import frappe
import pytest

from dealer_pos_crm.api import deposit as api
from tests.site import factories as f
from tests.site.checks import state

LEDGERS = ("Payment Entry", "GL Entry", "Payment Ledger Entry", "Sales Invoice", "Sales Invoice Advance")


def everything() -> dict:
	found = state()
	for doctype in LEDGERS:
		found[doctype] = frappe.db.count(doctype)
	return found


@contextmanager
def refused(*words: str) -> Iterator[None]:
	"""Refused with all these words, in order; and after the request's rollback nothing is different."""
	frappe.db.commit()
	before = everything()
	with pytest.raises(frappe.ValidationError) as caught:
		yield caught
	text = re.sub(r"<[^>]+>", "", str(caught.value))
	assert re.search(".*".join(words), text, re.DOTALL), text
	frappe.db.rollback()
	after = everything()
	assert [doctype for doctype in before if before[doctype] != after[doctype]] == []


def draft(**values):
	deposit = f.make_deposit(**values)
	frappe.db.commit()
	return deposit


def take(deposit, *tenders: tuple, **values) -> dict:
	"""As the screen does: amounts as JSON."""
	rows = [{"mode_of_payment": mode, "amount": amount, **values} for mode, amount in tenders]
	result = api.take(deposit.name, json.dumps(rows), f.key())
	frappe.db.commit()
	deposit.reload()
	return result
