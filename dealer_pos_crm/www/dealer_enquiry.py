"""The form on the dealer's own site; see ``dealer_crm.leads.form``."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_crm.leads import form

no_cache = 1


def get_context(context) -> None:
	feed = form.feed_of(cstr(frappe.form_dict.get("form")))
	if not feed:
		raise frappe.DoesNotExistError
	dealer = frappe.get_cached_value("Company", feed.company, "company_name")
	context.update(
		{
			"dealer": dealer,
			"heading": feed.form_title or _("Ask {0}").format(dealer),
			"consent_text": feed.consent_text,
			"token": form.token_for(feed),
			"vehicle": cstr(frappe.form_dict.get("vehicle"))[:140],
			"stock_number": cstr(frappe.form_dict.get("stock"))[:140],
			"csrf_token": "" if frappe.session.user == "Guest" else frappe.sessions.get_csrf_token(),
			"phone": frappe.get_cached_value("Company", feed.company, "phone_no"),
		}
	)
