"""The follow-up rules of the counter that a new site starts with.

A cash report is filed within 15 days (Form 8300): whoever is responsible has it on the list from the first day,
and is reminded on the tenth and the fourteenth. A check that came back is called about the same day.
"""

from .cash_report import REMINDERS
from .default_terms import TODAY, days
from .follow_up import Rule

_DECIDED = frozenset({"cash_report.filed", "cash_report.not_required"})
_FIRST, _TENTH, _LAST = REMINDERS

CASH_RULES: tuple[Rule, ...] = (
	Rule(
		name="Cash report: file it",
		event_type="cash_report.due",
		title="Cash of {amount}: file {what} by {due_on}",
		talking_points=(
			"Look through the payments and who paid, fill in what is missing, and file it. If no report is "
			"required, say why on the report. The payer is told in writing by 31 January."
		),
		about="customer",
		department="Accounting",
		anchor="due_at",
		wait=days(-60),  # at once; due on the last day to file
		due=days(60),
		priority="High",
		stops=_DECIDED,
		stops_share="reference_name",
	),
	Rule(
		name="Cash report: five days left",
		event_type="cash_report.due",
		title="Not filed yet: {what}, cash of {amount}, by {due_on}",
		talking_points="Ten days have passed. What keeps it: the payer's data, or somebody who files?",
		about="customer",
		department="Accounting",
		wait=days(_TENTH),
		priority="High",
		stops=_DECIDED,
		stops_share="reference_name",
		**TODAY,
	),
	Rule(
		name="Cash report: last day",
		event_type="cash_report.due",
		title="The last day to file {what} is near: {due_on}",
		talking_points="File it today, with what is known; what is missing is explained in the comments.",
		about="customer",
		department="Accounting",
		wait=days(_LAST),
		priority="High",
		stops=_DECIDED,
		stops_share="reference_name",
		**TODAY,
	),
)

CHECK_RULES: tuple[Rule, ...] = (
	Rule(
		name="Check: came back from the bank",
		event_type="check.returned",
		title="The bank sent a check of {amount} back: {what}",
		talking_points=(
			"The bank says: {reason}. Call before they hear it from a letter: how will they pay, and by when? No "
			"check again, but a card, cash or a cashier's check. A car that is not handed over yet waits."
		),
		about="customer",
		priority="High",
		stops=frozenset({"check.made_good", "check.written_off"}),
		stops_share="reference_name",  # a customer may have written two
		**TODAY,
	),
)

COUNTER_RULES: tuple[Rule, ...] = (*CASH_RULES, *CHECK_RULES)
