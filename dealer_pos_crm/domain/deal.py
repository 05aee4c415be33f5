"""A deal: the stages of one vehicle sale, what each of them demands, and what moves a deal by itself.

Forward by itself when something happened (a contact, a visit, a deposit), never past a gate; backwards by
itself only when what moved it is undone. A person may move it either way within the same gates. Delivered,
Funded and Lost are steps of their own.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from .reasons import check_reason
from .refusal import Refused, _


class Stage(str, enum.Enum):
	NEW = "New"
	CONTACTED = "Contacted"
	APPOINTMENT = "Appointment"
	VISIT = "Visit"
	WRITE_UP = "Write-up"
	DEPOSIT = "Deposit"
	FNI = "F&I"
	CONTRACTED = "Contracted"
	DELIVERED = "Delivered"
	FUNDED = "Funded"
	LOST = "Lost"


class DealType(str, enum.Enum):
	CASH = "Cash"
	FINANCE = "Finance"
	LEASE = "Lease"


# The way of a deal that goes well.
ORDER: tuple[Stage, ...] = tuple(stage for stage in Stage if stage is not Stage.LOST)
# Nothing is delivered yet: the deal is the salesperson's to bring on.
WORKING = frozenset(ORDER[: ORDER.index(Stage.DELIVERED)])
# Nothing more is to be done.
ENDED = frozenset({Stage.FUNDED, Stage.LOST})
# What one person moves by hand, on the board or in the form.
BY_HAND = WORKING
# Reached by nothing but an action of its own.
OWN_STEP = frozenset({Stage.DELIVERED, Stage.FUNDED, Stage.LOST})
# From here on the deal keeps its vehicle from others.
HOLDS_FROM = Stage.WRITE_UP
# What the customer signed stays signed; taking it back is decided, with a reason.
SIGNED = Stage.CONTRACTED


def position(stage: Stage) -> int:
	"""How far along the way a stage is: 0 for New. A lost deal is nowhere on it: -1."""
	return ORDER.index(stage) if stage in ORDER else -1


def furthest(stages: Iterable[Stage]) -> Stage:
	"""The one of them that is the farthest along the way; New when there is none."""
	return max(stages, key=position, default=Stage.NEW)


def before(stage: Stage, other: Stage) -> bool:
	return position(stage) < position(other)


# --- What happened, and how far that brings a deal -------------------------------------------------------


@dataclass(frozen=True)
class Evidence:
	"""What stands of a deal, whoever wrote its stage."""

	contacted: bool = False
	appointment: bool = False
	visited: bool = False
	written_up: bool = False
	deposit: bool = False

	@property
	def stages(self) -> tuple[Stage, ...]:
		found = (
			(self.contacted, Stage.CONTACTED),
			(self.appointment, Stage.APPOINTMENT),
			(self.visited, Stage.VISIT),
			(self.written_up, Stage.WRITE_UP),
			(self.deposit, Stage.DEPOSIT),
		)
		return tuple(stage for stands, stage in found if stands)


def stands_at(evidence: Evidence) -> Stage:
	"""The stage that what happened implies, for a deal that begins or whose stage lost its ground."""
	return furthest(evidence.stages)


def after_deposit_gone(stage: Stage, came_from: Stage | None, evidence: Evidence) -> Stage:
	"""Where a deal stands whose last deposit was paid back or cancelled.

	Only the stage that the deposit gave is taken back: to where the deal came from, or further where it got
	meanwhile. A deal in F&I or under contract stays there.
	"""
	if stage is not Stage.DEPOSIT or evidence.deposit:
		return stage
	known = (came_from,) if came_from in WORKING and came_from is not Stage.DEPOSIT else ()
	there = furthest((*known, *evidence.stages))
	return there if before(there, Stage.DEPOSIT) else Stage.WRITE_UP


# --- Gates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
	"""What the gates ask about a deal. Texts are in the user's language already where they come from outside."""

	name: str
	deal_type: str = ""
	vehicle: bool = False
	wanted: bool = False
	scenario: bool = False
	deposit: bool = False
	approved: bool = False
	lender: bool = False
	# The vehicle cannot be sold in this deal now, and why: sold, held for somebody else.
	vehicle_taken: str = ""
	# Papers asked for before a stage, those of the stages before it among them.
	missing_for_write_up: tuple[str, ...] = ()
	missing_for_fni: tuple[str, ...] = ()
	missing_for_contract: tuple[str, ...] = ()

	@property
	def cash(self) -> bool:
		return self.deal_type == DealType.CASH.value


# Code, untranslated text, values. The code says where the remedy is: the edge makes a link of it.
Blocker = tuple[str, str, tuple[str, ...]]


def _written_up(facts: Facts) -> list[Blocker]:
	found: list[Blocker] = []
	if not facts.vehicle and not facts.wanted:
		found.append(("no_vehicle", _("Choose the vehicle, or write what the customer wants"), ()))
	if not facts.scenario:
		found.append(("no_scenario", _("Make a scenario on the worksheet"), ()))
	return found + _papers(facts.missing_for_write_up)


def _papers(missing: Iterable[str]) -> list[Blocker]:
	return [("paper", _("Missing: {0}"), (text,)) for text in missing]


def _the_car(facts: Facts) -> list[Blocker]:
	if not facts.vehicle:
		return [("no_vehicle", _("Choose the vehicle"), ())]
	return [("vehicle_taken", "{0}", (facts.vehicle_taken,))] if facts.vehicle_taken else []


def _ready_for_fni(facts: Facts) -> list[Blocker]:
	found = _the_car(facts)
	if not facts.scenario:
		found.append(("no_scenario", _("Make a scenario on the worksheet"), ()))
	if not facts.deal_type:
		found.append(("no_deal_type", _("Say whether it is cash, finance or lease"), ()))
	return found + _papers(facts.missing_for_fni)


def _to_contract(facts: Facts) -> list[Blocker]:
	found = _ready_for_fni(facts)
	if not facts.approved:
		found.append(("no_approval", _("Have a scenario approved"), ()))
	if facts.deal_type and not facts.cash and not facts.lender:
		found.append(("no_lender", _("Choose the lender"), ()))
	return found + _papers(text for text in facts.missing_for_contract if text not in facts.missing_for_fni)


def blockers(to: Stage, facts: Facts) -> list[Blocker]:
	"""What is missing before a deal may be at that stage; empty when it may.

	A deposit may come before any worksheet; F&I and the contract need all that comes before them. What a
	cash deal has to show is its own: its checklist asks for other papers, and there is no lender.
	"""
	if to is Stage.WRITE_UP:
		return _written_up(facts)
	if to is Stage.DEPOSIT:
		return [] if facts.deposit else [("no_deposit", _("No deposit is held for it: take one"), ())]
	if to is Stage.FNI:
		return _ready_for_fni(facts)
	if to is Stage.CONTRACTED:
		return _to_contract(facts)
	return []


def next_stage(stage: Stage, facts: Facts) -> Stage | None:
	"""The stage that a deal goes on to; None at the end. A deal with its worksheet goes on without a deposit,
	a cash deal from its worksheet straight to the contract."""
	if stage in ENDED:
		return None
	if stage in (Stage.WRITE_UP, Stage.DEPOSIT):
		return Stage.CONTRACTED if facts.cash else Stage.FNI
	return ORDER[position(stage) + 1]


# --- Moving ----------------------------------------------------------------------------------------------


def named(value: str) -> Stage:
	"""The stage of that name."""
	try:
		return Stage(value)
	except ValueError:
		raise Refused(
			"no_stage",
			_("{0} is no stage of a deal. Choose one of: {1}"),
			value,
			", ".join(stage.value for stage in Stage),
		) from None


def check_by_hand(stage: Stage, to: Stage, name: str, *, reason: str, may_reopen: bool) -> None:
	"""Whether a person may move a deal from one stage to another at all; its gates are asked apart.

	``may_reopen``: the person may take a signed contract back.
	"""
	if to in OWN_STEP or stage in OWN_STEP:
		raise Refused(
			"own_step",
			_("{0} is {1} and becomes {2} by delivering, funding, losing or reopening it, not by moving it"),
			name,
			stage.value,
			to.value,
		)
	if stage is SIGNED and before(to, stage):
		if not may_reopen:
			raise Refused(
				"signed", _("{0} is under contract. A sales manager or F&I takes a contract back"), name
			)
		check_reason(reason, _("Say in a few words why the contract of {0} is taken back"), name)


def moves_by_itself(stage: Stage, to: Stage, facts: Facts) -> bool:
	"""Whether an event brings a deal on to a stage: forward only, within the working stages, never past a
	gate that is shut, and never to F&I or a contract, which somebody decides."""
	if stage not in WORKING or to not in WORKING or not before(stage, to):
		return False
	return to not in (Stage.FNI, Stage.CONTRACTED) and not blockers(to, facts)


def check_lost(stage: Stage, name: str) -> None:
	"""A deal can be lost while nothing is delivered."""
	if stage is Stage.LOST:
		raise Refused("already_lost", _("{0} is lost already"), name)
	if stage not in WORKING:
		raise Refused("delivered", _("{0} is {1}. Unwind the delivery first"), name, stage.value)


def check_split(salesperson: str, second: str, share: float, name: str) -> None:
	"""Two people share a deal so that each has a part of it; together they have all of it."""
	if not second:
		return
	if second == salesperson:
		raise Refused("same_person", _("{0} has the same salesperson twice; leave the second empty"), name)
	if not 0 < share < 100:
		raise Refused(
			"split", _("The share of the second salesperson is more than 0 and less than 100 percent")
		)


# Fields that stay as they are from a stage on: who buys, and what, is what the papers say.
FROZEN: dict[Stage, tuple[str, ...]] = {
	Stage.CONTRACTED: ("customer", "co_buyer", "vehicle", "deal_type", "condition", "company"),
	Stage.DELIVERED: (
		"customer", "co_buyer", "vehicle", "deal_type", "condition", "company", "salesperson",
		"second_salesperson", "split", "lender", "expected_delivery",
	),
}  # fmt: skip


def frozen_at(stage: Stage) -> tuple[str, ...]:
	"""The fields that cannot be changed at a stage."""
	if stage is Stage.LOST or position(stage) >= position(Stage.DELIVERED):
		return FROZEN[Stage.DELIVERED]
	return FROZEN.get(stage, ())
