"""Stripe's own library, imported only when it is needed: it costs a third of a second."""

from importlib import metadata
from typing import Any

from dealer_pos_crm.gateways.errors import WrongKey

PACKAGE = "stripe"
OLDEST = 16


class WrongLibrary(WrongKey):
	"""The ``stripe`` package of this bench is missing or too old: as with a wrong key, nothing was asked, and
	the same call works once somebody has put that right."""


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


def others() -> list[str]:
	"""Packages of this environment that want a version of ``stripe`` this app cannot use, with what they want."""
	from packaging.requirements import InvalidRequirement, Requirement

	found = set()
	for distribution in metadata.distributions():
		for line in distribution.requires or ():
			try:
				asked = Requirement(line)
			except InvalidRequirement:
				continue
			if asked.name.lower() == PACKAGE and not any(
				asked.specifier.contains(f"{OLDEST}.{minor}") for minor in range(1, 60)
			):
				found.add(f"{distribution.metadata['Name']} ({PACKAGE}{asked.specifier})")
	return sorted(found)


def library() -> Any:
	"""The module. Raises ``WrongLibrary``, which says what is installed and what is needed."""
	try:
		import stripe
	except ImportError as error:
		# An old one fails on today's Python already while it is imported.
		raise WrongLibrary(wanted(installed()), "library") from error
	version = str(getattr(stripe, "VERSION", "") or installed())
	if too_old(version):
		raise WrongLibrary(wanted(version), "library")
	return stripe


def wanted(version: str) -> str:
	"""What is installed and what is needed, for a person."""
	return f"stripe {version or '(none)'} is installed; this app needs stripe {OLDEST}.1 or newer, below 17"


def api_version() -> str:
	"""The version of Stripe's interface that the library speaks, for a webhook endpoint to be pinned to."""
	library()
	from stripe._api_version import _ApiVersion

	return str(_ApiVersion.CURRENT)
