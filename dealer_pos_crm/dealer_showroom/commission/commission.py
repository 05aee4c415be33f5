"""Commission entries: earned at delivery, adjusted when the gross changes, reversed when the deal is unwound.

Who calls has locked the deal, so two who deliver at once make one set of entries; the unique key holds it
even without the lock. An entry is never changed: what differs is an entry of its own.
"""

import frappe
from frappe import _
from frappe.utils import cint, cstr, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float
from dealer_pos_crm.dealer_showroom.commission import plans
from dealer_pos_crm.dealer_showroom.gross import gross, reading
from dealer_pos_crm.domain import commission as rules
from dealer_pos_crm.domain.money import Money, total

DOCTYPE = "Commission Entry"
Kind = rules.Kind


def accrue(deal) -> list[str]:
	"""What everybody earns by a delivered deal (document of a Deal Jacket). Returns the entries' names.

	Once per delivery: coming again makes nothing. Nobody without a plan earns; see ``plans.missing``.
	"""
	standing = _standing(deal)
	if any(entry.kind == Kind.EARNED.value for entry in standing):
		return [entry.name for entry in standing]
	round_no = _round(deal)
	return [
		_write(
			deal,
			Kind.EARNED,
			earner,
			plan,
			amount,
			key=f"earned:{deal.name}:{round_no}:{earner.role}:{earner.user}",
			round_no=round_no,
			basis=whole.basis,
			how=_told(whole, earner, amount),
		)
		for earner, plan, whole, amount in _earned(deal)
	]


def reverse(deal, reason: str) -> list[str]:
	"""The deal is unwound: every entry that stands is reversed by one that points at it."""
	return [
		_reverse(deal, entry, reason) for entry in _standing(deal) if rounded(entry.amount, entry.currency)
	]


def adjust(deal, reason: str) -> list[str]:
	"""The gross of a delivered deal has changed: the difference for everybody, as entries of their own.

	Coming again with the same gross makes nothing.
	"""
	standing = _standing(deal)
	if not any(entry.kind == Kind.EARNED.value for entry in standing):
		return []
	found = []
	due = {
		(earner.user, earner.role): (earner, plan, whole, amount)
		for earner, plan, whole, amount in _earned(deal)
	}
	for person in sorted({(entry.user, entry.role_in_deal) for entry in standing} & set(due)):
		earner, plan, whole, amount = due[person]
		own = [entry for entry in standing if (entry.user, entry.role_in_deal) == person]
		had = total((rounded(entry.amount, entry.currency) for entry in own), amount.currency)
		if had == amount:
			continue
		first = next(entry for entry in own if entry.kind == Kind.EARNED.value)
		found.append(
			_write(
				deal,
				Kind.ADJUSTED,
				earner,
				plan,
				amount - had,
				key=f"adjusted:{first.name}:{len(own)}",
				round_no=first.round,
				basis=whole.basis,
				how="\n".join(
					(
						_told(whole, earner, amount),
						_("Accrued so far {0}, difference {1}").format(shown(had), shown(amount - had)),
					)
				),
				reason=reason,
				reverses=None,
			)
		)
	return found


def _earned(deal):
	"""Everybody's part of the deal: earner, plan, the whole of the car by that plan, and the part of it."""
	written = gross.figures(deal.name)
	if written is None:
		return
	front, back, _state = written
	facts = rules.Deal(front, back, reading.kinds_sold(deal))
	day = delivered_on(deal)
	by_role: dict[str, list[plans.Earner]] = {}
	for earner in plans.earners(deal):
		by_role.setdefault(earner.role, []).append(earner)
	for role, people in by_role.items():
		shares = [earner.share for earner in people]
		for at, earner in enumerate(people):
			plan = plans.plan_of(earner.user, role, deal.company, day)
			if plan is None:
				continue
			whole = rules.earn(plans.rule_plan(plan), facts)
			yield earner, plan, whole, rules.split(whole.amount, shares)[at]


def delivered_on(deal):
	at = deal.get("delivered_at")
	return getdate(at) if at else getdate()


def _told(whole: rules.Earned, earner: plans.Earner, amount: Money) -> str:
	"""How it was computed, line by line, each with its amount; the lines add up."""
	lines = [_in_words(word) for word in whole.words] or [_("Nothing earned by this plan")]
	if len(whole.words) > 1:
		lines.append(_("Together {0}").format(shown(whole.amount)))
	if earner.share != 100:
		lines.append(
			_("Share {0} % of {1} = {2}").format(
				f"{earner.share.normalize():f}", shown(whole.amount), shown(amount)
			)
		)
	return "\n".join(lines)


def _in_words(word: rules.Words) -> str:
	values = (
		shown(value) if isinstance(value, Money) else _(value) if isinstance(value, str) else value
		for value in word.values
	)
	return _(word.template).format(*values)


def _standing(deal) -> list:
	"""Entries of the deal that nothing has reversed, oldest first; read past any snapshot."""
	rows = frappe.db.sql(
		"""select name, kind, user, role_in_deal, plan, amount, currency, status, round, basis_amount, share
		from `tabCommission Entry` where deal = %s and kind in ('Earned', 'Adjusted')
			and name not in (
				select reverses from `tabCommission Entry` where deal = %s and reverses is not null)
		order by creation, name lock in share mode""",
		(deal.name, deal.name),
		as_dict=True,
	)
	return rows


def _round(deal) -> int:
	"""Which delivery of the deal this is, from 1: one more than were reversed."""
	rows = frappe.db.sql(
		"select ifnull(max(`round`), 0) from `tabCommission Entry` where deal = %s lock in share mode",
		deal.name,
	)
	return cint(rows[0][0]) + 1


def _reverse(deal, entry, reason: str) -> str:
	amount = -rounded(entry.amount, entry.currency)
	return _insert(
		{
			"kind": Kind.REVERSED.value,
			"user": entry.user,
			"role_in_deal": entry.role_in_deal,
			"round": entry.round,
			"deal": deal.name,
			"plan": entry.plan,
			"company": deal.company,
			"earned_on": getdate(),
			"basis_amount": entry.basis_amount,
			"share": entry.share,
			"amount": to_float(amount),
			"currency": entry.currency,
			"how": _("{0} reversed: {1}").format(entry.name, shown(amount)),
			"reason": reason,
			"reverses": entry.name,
			"entry_key": f"reversed:{entry.name}",
		}
	)


def _write(
	deal, kind: Kind, earner, plan, amount: Money, *, key, round_no, basis, how, reason=None, reverses=None
) -> str:
	return _insert(
		{
			"kind": kind.value,
			"user": earner.user,
			"role_in_deal": earner.role,
			"round": round_no,
			"deal": deal.name,
			"plan": plan.name,
			"company": deal.company,
			"earned_on": delivered_on(deal) if kind is Kind.EARNED else getdate(),
			"basis_amount": to_float(basis),
			"share": float(earner.share),
			"amount": to_float(amount),
			"currency": company_currency(deal.company),
			"how": how,
			"reason": reason,
			"reverses": reverses,
			"entry_key": key[:180],
		}
	)


def _insert(values: dict) -> str:
	doc = frappe.get_doc({"doctype": DOCTYPE, "status": rules.Status.ACCRUED.value, **values})
	doc.flags.of_the_commission = True
	return doc.insert(ignore_permissions=True, ignore_links=True).name


def told_of(deal_name: str) -> list[dict]:
	"""The entries of a deal for those who may see all of them."""
	return [
		{**row, "how": cstr(row.how)}
		for row in frappe.get_all(
			DOCTYPE,
			{"deal": deal_name},
			[
				"name",
				"kind",
				"user",
				"role_in_deal",
				"plan",
				"amount",
				"currency",
				"status",
				"how",
				"earned_on",
			],
			order_by="creation, name",
		)
	]
