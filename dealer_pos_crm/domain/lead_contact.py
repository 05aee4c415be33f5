"""Which messages are people's: an answer is one that a person wrote, and a question too."""

import re

# Senders and subjects of machines; written by RFC 3834 and by what mail programs do in practice.
_MACHINE_SENDER = re.compile(
	r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.IGNORECASE
)
_MACHINE_SUBJECT = re.compile(
	r"^\s*(auto(matic)?[ -]?(reply|response)\b|automatische antwort\b|réponse automatique\b"
	r"|respuesta automática\b|out of (the )?office\b|abwesenheit|undeliver(ed|able)\b|mail delivery\b"
	r"|delivery status notification\b|returned mail\b)",
	re.IGNORECASE,
)


def by_machine(sender: str, subject: str) -> bool:
	"""Whether a message that came in is an automatic reply or a bounce, and no question of the customer."""
	return bool(_MACHINE_SENDER.match(sender.strip()) or _MACHINE_SUBJECT.match(subject))


# What a telephone system says of a call that is over.
_SPOKEN = "Completed"
_TRIED = frozenset({"No Answer", "Busy"})


def call_counts(direction: str, status: str) -> tuple[str, bool] | None:
	"""What a call that is over means to whoever waits: ("answer", reached), ("question", False), or nothing.

	A call that was spoken is an answer whoever rang; one of ours that nobody took is an attempt, which the
	trade counts; one of theirs that nobody took is a question. A call that failed technically is nothing.
	"""
	if status == _SPOKEN:
		return "answer", True
	if status in _TRIED:
		return ("answer", False) if direction == "Outgoing" else ("question", False)
	return None
