"""What can go wrong with a service outside. The caller decides by kind, not by status codes."""


class GatewayError(Exception):
	"""A call to a service outside did not do what it was for."""


class Unreachable(GatewayError):
	"""No answer, or the service is busy or broken at the moment: the same call may work later.

	Of a call that moves money: whether it was carried out is unknown. It is repeated with the same
	idempotency key, never with a new one.
	"""


class Busy(Unreachable):
	"""The service takes no more calls for the moment, or works on the same one still: try later."""


class BadAnswer(GatewayError):
	"""An answer that is not what the service promises; asking again will hardly help."""


class Rejected(GatewayError):
	"""A definite no: nothing was done, and the same call will be refused again.

	``code`` is the provider's word for it, ``message`` its explanation, free of personal data.
	"""

	def __init__(self, message: str, code: str = "") -> None:
		super().__init__(message)
		self.message = message
		self.code = code


class Declined(Rejected):
	"""The bank or the provider refused the card. ``intent``: the payment that may be tried with another."""

	def __init__(self, message: str, code: str = "", decline_code: str = "", intent: str = "") -> None:
		super().__init__(message, code)
		self.decline_code = decline_code
		self.intent = intent


class WrongKey(Rejected):
	"""The key is not accepted, or may not do this."""


class KeyConflict(Rejected):
	"""The idempotency key was used for another request: a fault of ours, never to be repeated."""


class Forged(GatewayError):
	"""A message that does not bear the provider's signature."""
