"""What can go wrong with a service outside. The caller decides by kind, not by status codes."""


class GatewayError(Exception):
	"""A call to a service outside did not do what it was for."""


class Unreachable(GatewayError):
	"""No answer, or the service is busy or broken at the moment: the same call may work later."""


class BadAnswer(GatewayError):
	"""An answer that is not what the service promises; asking again will hardly help."""
