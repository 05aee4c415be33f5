"""Who sends text messages: an app that says so in its hook ``dealer_sms_sender``, else Frappe's SMS Settings.

The hook names a function ``send(phone: str, text: str, reference: tuple[str, str]) -> None`` that raises when
the message did not go out; ``ready() -> bool`` beside it may say whether it is set up.
"""

import frappe
from frappe import _

HOOK = "dealer_sms_sender"


def is_ready() -> bool:
	"""Whether a text message could be sent at all."""
	path = _path()
	if not path:
		return bool(frappe.db.get_single_value("SMS Settings", "sms_gateway_url"))
	module = frappe.get_module(path.rpartition(".")[0])
	ready = getattr(module, "ready", None)
	return bool(ready()) if ready else True


def send(phone: str, text: str, reference: tuple[str, str]) -> None:
	"""Send a text message now: calls a service, so only in a job. Raises what went wrong."""
	path = _path()
	if path:
		frappe.get_attr(path)(phone, text, reference)
		return
	if not is_ready():
		frappe.throw(_("Nobody sends text messages here: fill in SMS Settings, or send the link by e-mail"))
	from frappe.core.doctype.sms_settings.sms_settings import send_sms

	send_sms([phone], text, success_msg=False)


def _path() -> str | None:
	"""The last app that names a sender."""
	paths = frappe.get_hooks(HOOK)
	return paths[-1] if paths else None
