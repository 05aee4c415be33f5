"""A department's own record: every step of its documents, once.

A step is written down and told to the spine in one breath; the rebuild reads the same rows again. Each
department has its own doctype for it (Service Log, Showroom Log) and one ``StepLog`` that says how.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_setup.card_numbers import without
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.money import Money

_ALWAYS = (
	"kind",
	"happened_at",
	"title",
	"customer",
	"company",
	"reference_doctype",
	"reference_name",
	"amount",
	"currency",
	"actor",
	"reason",
	"occasion",
	"reverses",
	"detail",
)


@dataclass(frozen=True)
class StepLog:
	"""How one department keeps its steps.

	``subjects`` are the subjects of an event that the doctype has as fields, ``more`` its other fields that
	a step may fill. ``prefix`` keeps the keys of two logs with numbered rows apart.
	"""

	doctype: str
	department: str
	kinds: frozenset[str]
	subjects: tuple[str, ...]
	more: tuple[str, ...] = ()
	prefix: str = ""

	@property
	def fields(self) -> tuple[str, ...]:
		"""What it takes to tell a step again."""
		return (*_ALWAYS, *self.subjects, *self.more)

	def write(
		self,
		kind: str,
		*,
		title: str,
		customer: str | None,
		company: str,
		reference: tuple[str, str],
		amount: Money | None = None,
		actor: str | None = None,
		reason: str | None = None,
		facts: Mapping[str, object] | None = None,
		occasion: str | None = None,
		reverses: str | None = None,
		at: datetime | None = None,
		**about: object,
	) -> str:
		"""Write a step down and record its event, in the caller's transaction. Returns the event's key.

		``about`` fills the log's subjects and further fields. Raises ``ValueError`` for a kind of step or a
		field that the log does not have.
		"""
		if kind not in self.kinds:
			raise ValueError(f"{kind} is no step of {self.doctype}")
		if unknown := set(about) - {*self.subjects, *self.more}:
			raise ValueError(f"{self.doctype} has no {', '.join(sorted(unknown))}")
		said = without(
			{name: cstr(value) for name, value in (facts or {}).items() if value not in (None, "")}
		)
		row = frappe.get_doc(
			{
				"doctype": self.doctype,
				"kind": kind,
				"happened_at": at or now_datetime(),
				"title": title[:255],
				"customer": customer or None,
				"company": company,
				"reference_doctype": reference[0],
				"reference_name": reference[1],
				"amount": to_float(amount) if amount is not None else None,
				"currency": amount.currency if amount is not None else None,
				"actor": actor or frappe.session.user,
				"reason": reason,
				"occasion": occasion,
				"reverses": reverses,
				"detail": json.dumps(said, sort_keys=True) if said else None,
				**about,
			}
		)
		row.flags.of_the_house = True
		row.insert(ignore_permissions=True, ignore_links=True)
		(event,) = self.events_of(row)
		spine.record([event])
		return event.key

	def events_of(self, row) -> list[Event]:
		"""What one step says to the spine. ``row`` has ``fields`` and its name."""
		amount = rounded(row.amount, row.currency) if row.currency else None
		facts = dict(json.loads(row.detail)) if row.detail else {}
		if row.reason:
			facts.setdefault("reason", row.reason)
		if cint(row.get("job_no")):
			facts.setdefault("job", cstr(row.job_no))
		return [
			Event(
				key=self.key_of(row.kind, row.name),
				type=row.kind,
				happened_at=get_datetime(row.happened_at),
				customer=row.customer or "",
				company=row.company,
				title=row.title or "",
				department=row.get("department") or self.department,
				reference_doctype=row.reference_doctype,
				reference_name=row.reference_name,
				amount=amount,
				actor=row.actor,
				facts=facts,
				reverses=row.reverses or None,
				occasion=row.occasion or "",
				**{name: row.get(name) or None for name in self.subjects},
			)
		]

	def standing(
		self,
		kinds: str | tuple[str, ...],
		filters: Mapping[str, object],
		undone_in: Mapping[str, object] | None = None,
	) -> str | None:
		"""The key of the last step of these kinds that nothing has undone yet; None when there is none.

		What undoes a step is looked for among the same documents (``undone_in``, else ``filters``).
		"""
		wanted = (kinds,) if isinstance(kinds, str) else kinds
		rows = frappe.get_all(
			self.doctype, {**filters, "kind": ("in", wanted)}, ["name", "kind"], order_by="name desc"
		)
		if not rows:
			return None
		undone = set(
			frappe.get_all(
				self.doctype,
				{**(undone_in or filters), "reverses": ("is", "set")},
				pluck="reverses",
				order_by="name",
			)
		)
		keys = (self.key_of(row.kind, row.name) for row in rows)
		return next((key for key in keys if key not in undone), None)

	def key_of(self, kind: str, name: object) -> str:
		return f"{kind}:{self.prefix}{name}"

	def name_of(self, key: str) -> str:
		"""The row that an event's key came from."""
		return key.partition(":")[2].removeprefix(self.prefix)

	def owns(self, key: str) -> bool:
		"""Whether an event's key came from this log: the number of a row, behind the log's prefix."""
		name = key.partition(":")[2]
		return name.startswith(self.prefix) and name.removeprefix(self.prefix).isdigit()
