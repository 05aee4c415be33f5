"""The car itself: into the buyer's garage at delivery, and back into the stock when that is taken back."""

import frappe
from frappe import _
from frappe.utils import cint, getdate

from dealer_pos_crm.dealer_setup.notices import notify
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import holding
from dealer_pos_crm.dealer_showroom.deals.deal import standing_step, step
from dealer_pos_crm.domain import vehicle as rules

SOLD_BY_US = "Sold by Us"


def problems(deal, mileage: int | None) -> list[str]:
	"""What keeps the car from being sold in this deal now, each with its remedy."""
	if not deal.vehicle:
		return [_("Choose the vehicle")]
	car = frappe.db.get_value("Dealer Vehicle", deal.vehicle, ["title", "status", "mileage"], as_dict=True)
	found = []
	taken = holding.taken_by_another(deal)
	if taken:
		found.append(taken)
	elif rules.Status(car.status) not in rules.HOLDABLE:
		found.append(
			_("{0} is {1} and not in stock. Choose a vehicle in stock").format(car.title, _(car.status))
		)
	if mileage is not None and cint(mileage) < cint(car.mileage):
		found.append(
			_(
				"A mileage of {0} is lower than the last reading, {1}. Enter what the odometer shows, or correct the reading on the vehicle"
			).format(cint(mileage), cint(car.mileage))
		)
	if mileage is not None and cint(mileage) < 0:
		found.append(_("Enter what the odometer shows"))
	return found


def sell(deal, mileage: int, on) -> None:
	"""The car belongs to the buyer from now on. Its hold has done its work: it is not released, nobody on
	the waiting list is called, and whoever waits is told that it is gone."""
	holds.lock(deal.vehicle)
	_end_hold(deal)
	car = frappe.get_doc("Dealer Vehicle", deal.vehicle, for_update=True)
	car.update({"status": rules.Status.SOLD.value, "sold_on": on, "sold_deal": deal.name})
	if car.owners and not car.owners[-1].to_date:
		car.owners[-1].to_date = on
	car.append("owners", {"customer": deal.customer, "from_date": on, "how": SOLD_BY_US})
	_read(car, mileage, on)
	_keep(car)
	_close_waiting_list(deal, car)
	step(deal, "vehicle.sold", title=_("{0} sold").format(car.title), facts={"mileage": cint(mileage)})


def _end_hold(deal) -> None:
	standing = holds.active_hold(deal.vehicle)
	if standing:
		holds.end_by_sale(standing.name, _("Sold in deal {0}").format(deal.name))
	frappe.db.set_value("Deposit", {"deal": deal.name}, "hold_until", None, update_modified=False)


def _read(car, mileage: int | None, on) -> None:
	if mileage is None or cint(mileage) == cint(car.mileage):
		return
	car.append("readings", {"mileage": cint(mileage), "read_on": on, "source": "Deal"})


def _keep(car) -> None:
	car.flags.of_the_showroom = True
	car.save(ignore_permissions=True)


def _close_waiting_list(deal, car) -> None:
	rows = frappe.get_all(
		"Dealer Vehicle Waitlist",
		{"vehicle": car.name, "status": ("in", ("Waiting", "Called")), "customer": ("!=", deal.customer)},
		["name", "customer", "salesperson"],
		order_by="creation, name",
	)
	for row in rows:
		frappe.db.set_value("Dealer Vehicle Waitlist", row.name, "status", "Dropped")
		if row.salesperson != frappe.session.user:
			notify(
				[row.salesperson],
				_("{0} is sold. {1} waited for it: offer another car").format(
					car.title, frappe.db.get_value("Customer", row.customer, "customer_name") or row.customer
				),
				car,
			)


def not_returnable(deal) -> str | None:
	"""Why the car cannot come back into the stock: it went on to somebody else; None when it can."""
	car = frappe.db.get_value(
		"Dealer Vehicle", deal.vehicle, ["title", "status", "customer", "sold_deal"], as_dict=True
	)
	if car.status == rules.Status.SOLD.value and car.sold_deal == deal.name and car.customer == deal.customer:
		return None
	return _("{0} is {1} and belongs to somebody else by now. Buy it back first").format(
		car.title, _(car.status)
	)


def take_back(deal, mileage: int | None, on) -> None:
	"""The sale is unwound: the car is ours again and goes through recon; the buyer had it for a while."""
	holds.lock(deal.vehicle)
	car = frappe.get_doc("Dealer Vehicle", deal.vehicle, for_update=True)
	_end_ownership(car, on)
	car.update({"status": rules.Status.IN_RECON.value, "sold_on": None, "sold_deal": None})
	_read(car, mileage, on)
	_keep(car)
	holds.sale_undone(car.name, deal.name)
	step(
		deal,
		"vehicle.returned",
		title=_("{0} came back").format(car.title),
		facts={"mileage": cint(mileage or car.mileage)},
		reverses=standing_step(deal, "vehicle.sold"),
	)


def undo_sale(deal) -> None:
	"""The delivery never was: the car is not the buyer's, and is kept for the deal as before."""
	holds.lock(deal.vehicle)
	car = frappe.get_doc("Dealer Vehicle", deal.vehicle, for_update=True)
	last = car.owners[-1] if car.owners else None
	if last and last.customer == deal.customer and last.how == SOLD_BY_US and not last.to_date:
		car.remove(last)
	car.update({"status": rules.Status.FRONT_LINE_READY.value, "sold_on": None, "sold_deal": None})
	_keep(car)
	holds.sale_undone(car.name, deal.name)
	step(
		deal,
		"vehicle.returned",
		title=_("{0} is in stock again: its delivery was taken back").format(car.title),
		reverses=standing_step(deal, "vehicle.sold"),
	)


def _end_ownership(car, on) -> None:
	last = car.owners[-1] if car.owners else None
	if last and not last.to_date:
		last.to_date = max(getdate(on), getdate(last.from_date)) if last.from_date else on
