"""Which steps a car goes through, and the templates that a dealership starts with."""

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.domain.refusal import _ as marked

# Step and department. Each has one business day: three to five days to the front line are a good house.
STEPS: dict[str, tuple[tuple[str, str], ...]] = {
	"Used": (
		(marked("Inspection"), "Service"),
		(marked("Mechanical"), "Service"),
		(marked("Parts"), "Parts"),
		(marked("Detail"), "Detail"),
		(marked("Photos"), "Photos"),
		(marked("Final check"), "Sales"),
	),
	"New": (
		(marked("Inspection"), "Service"),
		(marked("Detail"), "Detail"),
		(marked("Photos"), "Photos"),
		(marked("Final check"), "Sales"),
	),
}
# Work of these departments can get expensive; what it may cost without asking is the manager's to change.
ASKS_ABOVE = {"Service": 1500, "Parts": 500}


def chosen(car, template: str | None):
	"""The template for a car: the one named, else the company's for its condition."""
	if template:
		found = frappe.get_doc("Recon Template", template)
		if found.company != car.company or not found.enabled:
			frappe.throw(
				_("Recon Template {0} is not in use at {1}; choose another").format(
					get_link_to_form("Recon Template", template), car.company
				)
			)
		return found
	name = of(car)
	if name:
		return frappe.get_doc("Recon Template", name)
	frappe.throw(
		_("{0} has no Recon Template for {1} cars. Create one: {2}").format(
			car.company,
			_(_condition(car)),
			get_link_to_form("Recon Template", "new", _("new Recon Template")),
		)
	)


def of(car) -> str | None:
	"""The template for a car's condition, else one for any; None where a manager keeps none."""
	for kind in (_condition(car), "Any"):
		name = frappe.db.get_value(
			"Recon Template",
			{"company": car.company, "for_condition": kind, "enabled": 1},
			"name",
			order_by="creation",
		)
		if name:
			return name
	return None


def _condition(car) -> str:
	return "New" if car.condition == "New" else "Used"


def add(company: str) -> None:
	"""The default templates of a company that has none; once, so that one a manager deletes stays away."""
	if frappe.db.exists("Recon Template", {"company": company}):
		return
	abbr = frappe.get_cached_value("Company", company, "abbr")
	for condition, steps in STEPS.items():
		frappe.get_doc(
			{
				"doctype": "Recon Template",
				"title": f"{_('Recon, new cars') if condition == 'New' else _('Recon, used cars')} ({abbr})",
				"company": company,
				"for_condition": condition,
				"enabled": 1,
				"steps": [
					{
						"step": _(step),
						"department": department,
						"target_days": 1,
						"needs_approval_above": ASKS_ABOVE.get(department, 0),
					}
					for step, department in steps
				],
			}
		).insert(ignore_permissions=True)
