"""The only place that asks which Frappe or ERPNext this is."""

import frappe


def major_version() -> int:
	"""15, 16, ..."""
	return int(frappe.__version__.split(".")[0])


def lead_source_field() -> str:
	"""The field of a Lead that holds where it came from."""
	return "source" if major_version() < 16 else "utm_source"


def lead_campaign_field() -> str:
	"""The field of a Lead that holds the campaign that brought it."""
	return "campaign_name" if major_version() < 16 else "utm_campaign"


def lead_source_doctype() -> tuple[str, str]:
	"""The doctype of sources, and its field that holds the name."""
	return ("Lead Source", "source_name") if major_version() < 16 else ("UTM Source", "name")


def campaign_doctype() -> tuple[str, str]:
	"""The doctype of campaigns, and its field that holds the name."""
	return ("Campaign", "campaign_name") if major_version() < 16 else ("UTM Campaign", "name")


def file_bytes(file) -> bytes:
	"""What a File holds, as it was uploaded: newer versions would take UTF-16 for some 8-bit text."""
	data = file.get_content() if major_version() < 16 else file.get_content(encodings=[])
	return data.encode() if isinstance(data, str) else data


def closing_sales_field() -> str:
	"""The table of a POS Closing Entry that lists its POS Invoices."""
	return "pos_transactions" if major_version() < 16 else "pos_invoices"
