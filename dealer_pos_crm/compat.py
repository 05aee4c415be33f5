"""The only place that asks which Frappe or ERPNext this is."""

import frappe


def major_version() -> int:
	"""15, 16, ..."""
	return int(frappe.__version__.split(".")[0])
