"""Why a step is done, and why it cannot be done now."""

from collections.abc import Iterable
from enum import Enum

from .refusal import Refused, _

_SHORTEST = 3


def check_reason(
	reason: str | None, template: str = _("Give the reason in a few words"), *values: object
) -> str:
	"""A reason of some substance, stripped; refused with ``template`` (code ``no_reason``) when it says nothing."""
	text = (reason or "").strip()
	if len(text) < _SHORTEST:
		raise Refused("no_reason", template, *values)
	return text


def not_now(name: str, status: Enum, action: Enum, possible: Iterable[Enum], otherwise: str) -> Refused:
	"""The refusal (code ``wrong_status``) of an action that a status does not allow: it says what is possible
	instead. ``otherwise`` is the text where nothing is: {0} the name, {1} the status."""
	instead = ", ".join(str(one.value) for one in possible)
	if not instead:
		return Refused("wrong_status", otherwise, name, status.value)
	return Refused(
		"wrong_status",
		_("{0} is {1}: {2} is not possible now. Possible: {3}"),
		name,
		status.value,
		action.value,
		instead,
	)
