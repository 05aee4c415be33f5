"""Real processes that do something at the same instant, each with its own connection, as web workers do."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

LEAD = 0.05  # seconds between the order and the common start


@dataclass(frozen=True)
class Finish:
	"""How a racer ended: with a result, or with the error that the person would have been shown."""

	result: Any = None
	error: str = ""
	kinds: tuple[str, ...] = ()

	@property
	def won(self) -> bool:
		return not self.kinds


class Racers:
	"""Some processes, connected to the site and warmed up, that wait for orders."""

	def __init__(self, site: str, count: int = 2) -> None:
		context = get_context("spawn")
		self._lines = []
		self._processes = []
		for _number in range(count):
			ours, theirs = context.Pipe()
			process = context.Process(target=_serve, args=(theirs, site), daemon=True)
			process.start()
			self._lines.append(ours)
			self._processes.append(process)
		for line in self._lines:
			assert line.poll(60) and line.recv() == "ready"

	def run(self, *jobs: tuple, later: float = 0) -> list[Finish]:
		"""Each job is (name of a function below, arguments ...); all start at once, or the first one some
		seconds later: where one takes its locks late, that lets them meet."""
		start = time.time() + LEAD
		for number, (line, job) in enumerate(zip(self._lines, jobs, strict=True)):
			line.send((start if number else start + later, job))
		finishes = []
		for line in self._lines:
			assert line.poll(70), "a racer hangs"
			finishes.append(line.recv())
		return finishes

	def close(self) -> None:
		for line in self._lines:
			line.send(None)
		for process in self._processes:
			process.join(10)


def _serve(line, site: str) -> None:
	import frappe

	from tests.support import clean_slate, connected

	with connected(site):
		frappe.get_meta("Deposit"), frappe.get_meta("Payment Entry"), frappe.get_meta("Sales Invoice")
		frappe.db.rollback()
		line.send("ready")
		while (order := line.recv()) is not None:
			start, (name, *values) = order
			while time.time() < start:
				pass
			try:
				result = JOBS[name](*values)
				frappe.db.commit()
				finish = Finish(result=result)
			except Exception as error:
				frappe.db.rollback()
				finish = Finish(error=str(error), kinds=tuple(kind.__name__ for kind in type(error).__mro__))
			clean_slate()
			line.send(finish)


@contextmanager
def _as(user: str | None):
	import frappe

	frappe.set_user(user or "Administrator")
	try:
		yield
	finally:
		frappe.set_user("Administrator")


def take(deposit: str, amount: float, key: str, user: str | None = None) -> dict:
	from dealer_pos_crm.dealer_cashier.deposits import actions

	with _as(user):
		return actions.take(deposit, [{"mode_of_payment": "Cash", "amount": amount}], key)


def act(deposit: str, kind: str, values: dict, key: str, user: str | None = None) -> dict:
	from dealer_pos_crm.dealer_cashier.deposits import actions

	with _as(user):
		return actions.act(deposit, kind, values, key)


def ask_to_pay(values: dict, key: str) -> dict:
	from dealer_pos_crm.dealer_cashier.pay_requests import request

	return request.create(values, key)


def pay_page_start(token: str, seen: str, version: str, amount: str = "") -> dict:
	from dealer_pos_crm.dealer_cashier.pay_requests import page

	with _as("Guest"):
		return page.start(token, seen=seen, typed=amount, version=version, agreed=True)


def cancel_pay_request(name: str) -> dict:
	from dealer_pos_crm.dealer_cashier.pay_requests import request

	return request.cancel(name, "Somebody else bought it")


def decide(action: str, user: str) -> dict:
	from dealer_pos_crm.dealer_cashier.deposits import actions

	with _as(user):
		return actions.decide(action, True)


def cancel(doctype: str, name: str) -> None:
	import frappe

	frappe.get_doc(doctype, name).cancel()


def submit(doctype: str, name: str) -> None:
	import frappe

	frappe.get_doc(doctype, name).submit()


def open_due() -> None:
	from dealer_pos_crm.dealer_crm import follow_ups

	follow_ups.open_due()


def expire_due() -> None:
	from dealer_pos_crm.dealer_showroom import holds

	holds.expire_due()


def book_appointment(key: str, values: dict) -> dict:
	from dealer_pos_crm.dealer_service.appointments import book

	return book.book(key, **values)


def appointment_step(step: str, name: str, *values) -> dict:
	from dealer_pos_crm.dealer_service.appointments import book

	return getattr(book, step)(name, *values)


def move_appointment(name: str, key: str, starts_at: str) -> dict:
	from dealer_pos_crm.dealer_service.appointments import book

	return book.reschedule(name, key, starts_at=starts_at)


def mark_missed() -> None:
	from dealer_pos_crm.dealer_service.appointments import book

	book.mark_missed()


def open_order(values: dict, user: str | None = None) -> str:
	from dealer_pos_crm.dealer_service.orders import opening

	with _as(user):
		return opening.open_order(**values)


def answer_job(order: str, job_no: int, answer: str, values: dict) -> None:
	from dealer_pos_crm.dealer_service.orders import answers

	answers.record(order, job_no, answer, **values)


def change_status(order: str, to: str) -> str:
	from dealer_pos_crm.dealer_service.orders import status

	return status.change(order, to)


def clock_on(order: str, job_no: int, user: str) -> dict:
	from dealer_pos_crm.dealer_service import clocks

	with _as(user):
		return clocks.clock_on(order, job_no)


def invoice_order(order: str, key: str) -> dict:
	from dealer_pos_crm.dealer_service.billing import invoicing

	return invoicing.invoice(order, key)


def collect_order(order: str, amount: float, key: str) -> dict:
	from dealer_pos_crm.dealer_service.billing import collecting

	return collecting.collect(order, [{"mode_of_payment": "Cash", "amount": amount}], key)


def collect_lines(
	customer: str, lines: list[dict], tenders: list[dict], key: str, user: str | None = None
) -> dict:
	from dealer_pos_crm.dealer_counter.collecting import receipt
	from tests.site.factories import COMPANY

	with _as(user):
		return receipt.collect(customer, COMPANY, lines, tenders, key)


def take_back(key: str, user: str) -> bool:
	from dealer_pos_crm.dealer_counter import requests

	with _as(user):
		return requests.take_back(key)


def take_at_counter(customer: str, amount: float, key: str, user: str) -> dict:
	from dealer_pos_crm.dealer_counter import deposits
	from tests.site.factories import COMPANY

	tenders = [{"mode_of_payment": "Cash", "amount": amount}]
	with _as(user):
		return deposits.take(customer, COMPANY, {"text": "Roof rack"}, {"amount": amount}, tenders, key)


def showroom_step(step: str, name: str, *values) -> dict:
	from dealer_pos_crm.dealer_showroom.visits import appointments

	return getattr(appointments, step)(name, *values)


def showroom_missed() -> None:
	from dealer_pos_crm.dealer_showroom.visits import appointments

	appointments.mark_missed()


def take_drive(key: str, values: dict) -> dict:
	from dealer_pos_crm.dealer_showroom.visits import drives

	return drives.take(client_key=key, **values)


def recon_step(act: str, recon: str, *values, user: str | None = None) -> str | None:
	from dealer_pos_crm.dealer_showroom.recon import recon as acts

	with _as(user):
		return getattr(acts, act)(recon, *values)


def start_recon(vehicle: str) -> str:
	from dealer_pos_crm.dealer_showroom.recon import recon as acts

	return acts.start(vehicle)


def accrue(deal: str) -> list[str]:
	import frappe

	from dealer_pos_crm.dealer_showroom.commission import commission

	return commission.accrue(frappe.get_doc("Deal Jacket", deal, for_update=True))


def post_commissions(company: str, until: str) -> str:
	from dealer_pos_crm.dealer_showroom.commission import posting

	return posting.post(company, until)


def note_paper(deal: str, row: str, text: str) -> dict:
	from dealer_pos_crm.dealer_showroom.documents import checklist

	return checklist.note(deal, row, text)


def route_lead(lead: str) -> str | None:
	import frappe

	from dealer_pos_crm.dealer_crm.leads import routing

	return routing.assign(frappe.get_doc("Lead", lead))  # reads first: its snapshot is old by then


def answer_lead(lead: str, how: str, key: str, user: str) -> dict:
	from dealer_pos_crm.dealer_crm.leads import contact

	with _as(user):
		return contact.log(lead, how, client_key=key)


def hand_over_all(user: str, to: list[str], what: list[str]) -> dict:
	from dealer_pos_crm.dealer_crm import reassign

	return reassign.hand_over(user, to=to, what=what, reason="Left the house")


def take_in_lead(text: str, channel: str, feed: str, encoding: str) -> list[dict]:
	"""A message comes in by a door and is read at once, as its worker would."""
	import frappe

	from dealer_pos_crm.dealer_crm.leads import intake

	rows = intake.accept(text.encode(encoding), channel=channel, feed=feed)
	frappe.db.commit()
	for row in rows:
		if row.status == intake.RECEIVED:
			intake.work(row.name)
	return [intake.outcome(row.name) for row in rows]


def read_intake(name: int) -> str:
	from dealer_pos_crm.dealer_crm.leads import intake

	return intake.work(name)


def deliver_deal(deal: str, key: str, mileage: int, user: str | None = None) -> dict:
	from dealer_pos_crm.dealer_showroom.delivery import deliver

	with _as(user):
		return deliver.deliver(deal, client_key=key, mileage=mileage)


def fund_deal(deal: str, amount: float, key: str) -> dict:
	from dealer_pos_crm.dealer_showroom.delivery import funding

	return funding.funded(deal, amount, mode_of_payment="Check", client_key=key)


def unwind_deal(deal: str, key: str) -> dict:
	from dealer_pos_crm.dealer_showroom.delivery import unwind

	return unwind.unwind(deal, "Changed their mind", client_key=key)


def open_deal(values: dict) -> str:
	from dealer_pos_crm.dealer_showroom.deals import opening

	return opening.open_deal(**values)


def hold_for_deal(deal: str) -> None:
	from dealer_pos_crm.dealer_showroom.deals import holding

	holding.hold(deal)


def move_deal(deal: str, to: str) -> str:
	from dealer_pos_crm.dealer_showroom.deals import stages

	return stages.move(deal, to)


def lose_deal(deal: str, reason: str, deposits: list[dict]) -> dict:
	from dealer_pos_crm.dealer_showroom.deals import losing

	return losing.lose(deal, reason, None, deposits)


def change_deal_vehicle(deal: str, vehicle: str) -> None:
	from dealer_pos_crm.dealer_showroom.deals import vehicle as cars

	cars.change(deal, vehicle, "Wants this one", None)


def worksheet_step(user: str, step: str, scenario: str, *values: object) -> object:
	"""A step of the worksheet (``api.worksheet``) by one person."""
	import frappe

	from dealer_pos_crm.api import worksheet

	frappe.set_user(user)
	try:
		return getattr(worksheet, step)(scenario, *values)
	finally:
		frappe.set_user("Administrator")


def take_card(api: str, reader: str, invoice: str, amount: float, key: str) -> dict:
	"""At the stand-in for Stripe that listens at ``api``."""
	import frappe

	from dealer_pos_crm.dealer_cashier.terminal import taking

	frappe.local.conf["dealer_stripe_api_base"] = api
	return taking.start(
		reader=reader,
		asked=lambda: taking.owed_for("Sales Invoice", invoice, None, None, None, None),
		amount=amount,
		client_key=key,
	)


def knock_often(raw: bytes, header: str, webhook_key: str, times: int) -> list[int]:
	"""The same message at the provider's door, again and again. The statuses it was answered with."""
	from tests.site import cards

	return [cards.knock(raw, header, webhook_key)[0] for _number in range(times)]


def work_event(name: int, stripe: str) -> str:
	"""A job on a message of the provider, whose stand-in serves at ``stripe``."""
	import frappe

	from dealer_pos_crm.dealer_cashier.gateway import accounts, inbox

	frappe.local.conf[accounts.API_BASE] = stripe
	return inbox.work(name)


def refund_card(card: str, amount: float, key: str) -> dict:
	from dealer_pos_crm.dealer_cashier.card_refunds import refund

	return refund.refund(card, amount, "Paid twice", key)


def approve_refund(refund_name: str, user: str) -> dict:
	from dealer_pos_crm.dealer_cashier.card_refunds import refund

	with _as(user):
		return refund.approve(refund_name)


def hear_of_refund(account: str, fact: dict) -> str:
	"""``fact``: as the outbox carries it."""
	import frappe

	from dealer_pos_crm.dealer_cashier.card_refunds import following, sending

	return following.observe(frappe.get_doc("Gateway Account", account), sending.from_plain(fact))


def shift_step(step: str, user: str, *values) -> object:
	"""At the counter of one shift: sell, pay, count and close."""
	from tests.site import shift_house

	return getattr(shift_house, step)(*values, user=user)


def hear_of_dispute(account: str, fact) -> str:
	import frappe

	from dealer_pos_crm.dealer_cashier.disputes import case

	return case.observe(frappe.get_doc("Gateway Account", account), fact)


def bank_slip(company: str, items: list, key: str) -> dict:
	from dealer_pos_crm.dealer_counter.banking import slip

	return slip.take(company, items, key)


def ask_counter_refund(kind: str, source: str, amount: float, key: str, user: str) -> dict:
	from dealer_pos_crm.dealer_counter.refunds import refund

	with _as(user):
		return refund.ask(kind, source, amount, "Cash", "Paid twice", key)


def approve_here(doctype: str, name: str, cashier: str, approver: str, pin: str) -> dict:
	"""A manager approves at a cashier's screen, by PIN."""
	from dealer_pos_crm.api import approval

	with _as(cashier):
		return approval.decide(doctype, name, approver, pin, "PIN at the Counter", 1)


def check_came_back(payment: str, key: str) -> dict:
	from dealer_pos_crm.dealer_counter.banking import returned_checks

	return returned_checks.record("Payment Entry", payment, {"reason": "Insufficient Funds"}, key)


JOBS = {
	job.__name__: job
	for job in (
		approve_here,
		ask_counter_refund,
		bank_slip,
		take_back,
		check_came_back,
		knock_often,
		work_event,
		read_intake,
		take_in_lead,
		route_lead,
		answer_lead,
		hand_over_all,
		accrue,
		collect_lines,
		collect_order,
		invoice_order,
		post_commissions,
		recon_step,
		start_recon,
		take,
		take_at_counter,
		take_card,
		act,
		ask_to_pay,
		cancel_pay_request,
		pay_page_start,
		decide,
		cancel,
		submit,
		open_due,
		expire_due,
		book_appointment,
		appointment_step,
		move_appointment,
		mark_missed,
		clock_on,
		open_order,
		answer_job,
		change_status,
		deliver_deal,
		fund_deal,
		unwind_deal,
		showroom_step,
		showroom_missed,
		take_drive,
		note_paper,
		open_deal,
		hold_for_deal,
		move_deal,
		lose_deal,
		change_deal_vehicle,
		worksheet_step,
		refund_card,
		approve_refund,
		hear_of_refund,
		hear_of_dispute,
		shift_step,
	)
}
