"""Stripe's own library, imported only when it is needed: it costs a third of a second."""

from importlib import metadata
from typing import Any

from dealer_pos_crm.gateways.errors import GatewayError

PACKAGE = "stripe"
OLDEST = 16


class WrongLibrary(GatewayError):
	"""The ``stripe`` package of this bench is missing or too old."""


def installed() -> str:
	"""The version of the package in this environment; empty where there is none. Imports nothing."""
	try:
		return metadata.version(PACKAGE)
	except metadata.PackageNotFoundError:
		return ""


def too_old(version: str) -> bool:
	"""Whether a version, as ``installed`` tells it, cannot be used; none at all counts as too old."""
	major = version.split(".")[0]
	return not major.isdigit() or int(major) < OLDEST


def library() -> Any:
	"""The module. Raises ``WrongLibrary``, which says what is installed and what is needed."""
	try:
		import stripe
	except ImportError as error:
		# An old one fails on today's Python already while it is imported.
		raise WrongLibrary(_wanted(installed())) from error
	version = str(getattr(stripe, "VERSION", "") or installed())
	if too_old(version):
		raise WrongLibrary(_wanted(version))
	return stripe


def _wanted(version: str) -> str:
	return f"stripe {version or '(none)'} is installed; this app needs stripe {OLDEST}.1 or newer, below 17"


def api_version() -> str:
	"""The version of Stripe's interface that the library speaks, for a webhook endpoint to be pinned to."""
	library()
	from stripe._api_version import _ApiVersion

	return str(_ApiVersion.CURRENT)
