"""Processes that die at the worst moment of a card payment, as a worker does when its machine goes."""

from __future__ import annotations

import os
from multiprocessing import get_context

DEAD = 9


def die(site: str, job: str, *values: object) -> int:
	"""Run one of the jobs below in a process of its own that does not live to see its end. Its exit code."""
	process = get_context("spawn").Process(target=_run, args=(site, job, values))
	process.start()
	process.join(90)
	assert process.exitcode is not None, "it hangs"
	return process.exitcode


def _run(site: str, job: str, values: tuple) -> None:
	from tests.support import connected

	with connected(site):
		globals()[job](*values)
	os._exit(0)


def before_the_call(attempt: str) -> None:
	"""Written down and committed; gone before anything was sent."""
	from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox

	accounts.client = lambda account: os._exit(DEAD)
	outbox.run(attempt)


def after_the_call(attempt: str, base: str) -> None:
	"""The provider has done it; gone before the answer was kept."""
	import frappe

	from dealer_pos_crm.dealer_cashier.gateway import outbox

	frappe.conf.dealer_stripe_api_base = base
	outbox._store = lambda *args, **kwargs: os._exit(DEAD)
	outbox.run(attempt)


def between_charge_and_entry(card: str, base: str) -> None:
	"""The charge is known of and kept; gone before it was booked."""
	_die_in("book", card, base)


def in_the_middle_of_booking(card: str, base: str) -> None:
	"""The Payment Entry is written; gone before the commit."""
	from dealer_pos_crm.dealer_cashier import collecting

	collecting.submit = lambda payment, parts, currency: (payment.insert(), payment.submit(), os._exit(DEAD))
	_read(card, base)


def _die_in(name: str, card: str, base: str) -> None:
	from dealer_pos_crm.dealer_cashier.card_payments import booking

	setattr(booking, name, lambda *args, **kwargs: os._exit(DEAD))
	_read(card, base)


def _read(card: str, base: str) -> None:
	import frappe

	from dealer_pos_crm.dealer_cashier.card_payments import sweep

	frappe.conf.dealer_stripe_api_base = base
	sweep.read(card)
