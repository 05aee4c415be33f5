"""The first visit to the service lane, booked when the car is delivered; a day to come by where it cannot be."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, formatdate, getdate

from dealer_pos_crm.dealer_setup.settings import business_hours, settings_of
from dealer_pos_crm.dealer_showroom.deals.deal import what
from dealer_pos_crm.domain.clock import ALWAYS_OPEN
from dealer_pos_crm.domain.delivery import first_service_on
from dealer_pos_crm.domain.refusal import Refused

_SAVEPOINT = "dealer_first_service"
_HOURS = 1.0
_SEARCHED = 30  # days after the wished one


def due(deal, delivered_on) -> date | None:
	"""The day of the first service by the settings; None when none is wanted."""
	return first_service_on(getdate(delivered_on), cint(settings_of(deal.company).first_service_months))


def book(deal, delivered_on, occasion: str) -> tuple[str | None, date | None]:
	"""Book it: (appointment, its day). Where the lane takes no appointments only the day is known, and the
	deal says why. A delivery is never held up by it."""
	wished = due(deal, delivered_on)
	if wished is None:
		return None, None
	starts_at = _opening(deal.company, wished) if lane_is_set_up(deal.company) else None
	if starts_at is None:
		return None, wished
	from dealer_pos_crm.dealer_service.appointments import book as appointments

	frappe.db.savepoint(_SAVEPOINT)
	messages = len(frappe.local.message_log)
	try:
		made = appointments.book_with_sale(
			f"first-service|{occasion}",
			[{"service_name": _("First service"), "hours": _HOURS}],
			customer=deal.customer,
			vehicle=deal.vehicle,
			company=deal.company,
			starts_at=starts_at,
			duration=_HOURS,
			concern=_("First service after delivery"),
		)
	except (frappe.ValidationError, Refused) as error:
		frappe.db.rollback(save_point=_SAVEPOINT)
		del frappe.local.message_log[messages:]
		text = _("The first service of {0} is due on {1} and is not booked yet: {2}").format(
			what(deal), formatdate(wished), frappe.utils.strip_html(str(error))
		)
		deal.add_comment("Comment", text)
		frappe.msgprint(text, indicator="orange", title=_("First Service Not Booked"))
		return None, wished
	del frappe.local.message_log[messages:]
	return made["name"], getdate(made["starts_at"])


def lane_is_set_up(company: str) -> bool:
	return bool(frappe.db.exists("Service Team", {"company": company, "enabled": 1}))


def _opening(company: str, wished: date):
	"""When the house opens on that day, or on the next open one."""
	hours = business_hours(company)
	if hours is ALWAYS_OPEN:
		return f"{wished} 09:00:00"
	day = wished
	for _step in range(_SEARCHED):
		span = hours.span(day)
		if span:
			return span[0]
		day = date.fromordinal(day.toordinal() + 1)
	return None


def cancel(deal, reason: str) -> None:
	"""The car is not the buyer's any more: they do not come with it."""
	if not deal.first_service:
		return
	status = frappe.db.get_value("Service Appointment", deal.first_service, "status")
	if status not in ("Booked", "Confirmed"):
		return
	from dealer_pos_crm.dealer_service.appointments import book as appointments

	appointments.cancel(deal.first_service, reason)
