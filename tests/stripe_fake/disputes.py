"""Disputes: money taken back by the cardholder's bank, evidence staged and submitted once, and the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes_more as shapes
from .errors import missing, refused
from .ledger import DISPUTE_FEE
from .params import merged_metadata
from .store import Row, created_in, equal, page

if TYPE_CHECKING:
	from .fake import Fake

ANSWERABLE = ("needs_response", "warning_needs_response", "appeal_needs_response")
OPEN = (*ANSWERABLE, "under_review", "warning_under_review", "appeal_under_review")
OUTCOMES = ("won", "lost", "prevented", "warning_closed")
TEXT, ALL_TEXT = 20_000, 150_000


class Disputes:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	# What the cardholder's bank does

	def open(
		self,
		charge: Row,
		*,
		amount: int | None,
		reason: str,
		inquiry: bool,
		prevented: bool,
		due_in_days: int | None,
	) -> Row:
		fake = self._fake
		assert charge["captured"], "only money that was taken is disputed"
		amount = charge["amount_captured"] if amount is None else amount
		assert 0 < amount <= charge["amount_captured"], "a dispute is of what was taken, at most"
		now = fake.clock.now()
		details = charge["payment_method_details"]
		brand = details[details["type"]].get("brand", "visa")
		row = shapes.dispute(
			fake.store.new_id("du"),
			amount=amount,
			currency=charge["currency"],
			created=now,
			livemode=fake.livemode,
			charge=charge["id"],
			payment_intent=charge["payment_intent"],
			reason=reason,
			status="prevented" if prevented else "warning_needs_response" if inquiry else "needs_response",
			is_charge_refundable=inquiry,
			payment_method_details={
				"type": "card",
				"card": {
					"brand": brand,
					"case_type": "inquiry" if inquiry else "chargeback",
					"network": brand,
					"network_reason_code": "10.4",
				},
			},
		)
		row["evidence_details"]["due_by"] = 0 if due_in_days is None else now + due_in_days * 86400
		fake.store.add(row)
		charge["disputed"] = True
		fake.events.emit("charge.dispute.created", row)
		if prevented:
			fake.events.emit("charge.dispute.closed", row)
		elif not inquiry:
			self._withdraw(row)
		return row

	def _withdraw(self, row: Row) -> None:
		fake = self._fake
		moved = fake.ledger.add(
			"adjustment", "dispute", -row["amount"], source=row["id"], fee=DISPUTE_FEE, at_once=True,
			words=f"Chargeback withdrawal for {row['charge']}",
		)  # fmt: skip
		row["balance_transactions"].append(moved)
		fake.events.emit("charge.dispute.funds_withdrawn", row)

	def escalate(self, row: Row) -> None:
		"""An inquiry becomes a chargeback."""
		assert row["status"].startswith("warning_"), f"{row['id']} is {row['status']}"
		row.update(status="needs_response", is_charge_refundable=False)
		row["payment_method_details"]["card"]["case_type"] = "chargeback"
		row["evidence_details"].update(submission_count=0, due_by=self._fake.clock.now() + 9 * 86400)
		self._fake.events.emit("charge.dispute.updated", row)
		self._withdraw(row)

	def decide(self, row: Row, outcome: str) -> None:
		fake = self._fake
		assert outcome in OUTCOMES, f"no such outcome {outcome!r}; there are {', '.join(OUTCOMES)}"
		assert row["status"] in OPEN, f"{row['id']} is {row['status']} already"
		assert (outcome == "warning_closed") == row["status"].startswith("warning_"), (
			"inquiries end warning_closed"
		)
		row["status"] = outcome
		if outcome in ("won", "prevented") and row["balance_transactions"]:
			back = fake.ledger.add(
				"adjustment", "dispute_reversal", row["amount"], source=row["id"], at_once=True,
				words=f"Chargeback reversal for {row['charge']}",
			)  # fmt: skip
			row["balance_transactions"].append(back)
			fake.events.emit("charge.dispute.funds_reinstated", row)
		fake.events.emit("charge.dispute.closed", row)

	def tick(self) -> None:
		now = self._fake.clock.now()
		for row in self._fake.store.all("dispute"):
			details = row["evidence_details"]
			if row["status"] in ANSWERABLE and not details["past_due"] and details["due_by"] <= now:
				details["past_due"] = True

	# The API

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("dispute", name)

	def update(self, name: str, params: Row) -> Row:
		"""``submit`` is true unless the caller says otherwise, as at Stripe."""
		row = self.retrieve(name, {})
		evidence = params.get("evidence")
		submits = params.get("submit", True) and ("evidence" in params or "submit" in params)
		if evidence is not None or submits:
			self._check_answerable(row)
			self._stage(row, evidence or {})
		if "metadata" in params:
			row["metadata"] = merged_metadata(row["metadata"], params["metadata"])
		if submits:
			if not row["evidence_details"]["has_evidence"]:
				raise refused("There is no evidence to submit.", param="evidence")
			row["evidence_details"]["submission_count"] += 1
			row["evidence_details"]["submission_method"] = "manual"
			row["status"] = row["status"].replace("needs_response", "under_review")
		self._fake.events.emit("charge.dispute.updated", row)
		return row

	def _check_answerable(self, row: Row) -> None:
		if row["status"] not in ANSWERABLE:
			raise refused(f"This dispute is {row['status']}; evidence can no longer be given.")
		if row["evidence_details"]["past_due"] or not row["evidence_details"]["due_by"]:
			raise refused("The evidence submission deadline has passed.")

	def _stage(self, row: Row, evidence: Row) -> None:
		fake = self._fake
		staged = dict(row["evidence"])
		for name, value in evidence.items():
			if name == "enhanced_evidence":
				raise refused("The fake knows no enhanced evidence.", param="evidence")
			param = f"evidence[{name}]"
			if name in shapes.EVIDENCE_FILES and value:
				file = fake.store.rows.get("file", {}).get(value)
				if file is None:
					raise missing("file", value, param, 400)
				if file["purpose"] != "dispute_evidence":
					raise refused("The file was not uploaded as dispute_evidence.", param=param)
			elif len(value) > TEXT:
				raise refused(f"Text may have {TEXT} characters at most.", param=param)
			staged[name] = value or None
		texts = sum(len(staged[name] or "") for name in shapes.EVIDENCE_TEXTS)
		if texts > ALL_TEXT:
			raise refused(f"All text together may have {ALL_TEXT} characters at most.", param="evidence")
		row["evidence"] = staged
		row["evidence_details"]["has_evidence"] = any(value for value in staged.values())

	def close(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		if row["status"] not in ANSWERABLE:
			raise refused(f"This dispute is {row['status']} and cannot be closed.")
		inquiry = row["status"].startswith("warning_")
		self.decide(row, "warning_closed" if inquiry else "lost")
		return row

	def list(self, params: Row) -> Row:
		fits, in_time = equal(params, "charge", "payment_intent"), created_in(params)
		rows = [row for row in self._fake.store.all("dispute") if fits(row) and in_time(row)]
		return page(rows, params, "/v1/disputes")
