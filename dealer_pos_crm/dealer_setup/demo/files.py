"""Customers and vehicles of the demo, each under the id that the script uses."""

import frappe
from frappe.utils import add_days

from dealer_pos_crm.rehearsal.summit_motors import cars, people


def customers(wanted: tuple[people.Customer, ...]) -> dict[str, str]:
	"""Names of Customer documents by the script's id. Those that exist are kept."""
	territory = _leaf("Territory", "United States")
	groups = {
		"Individual": _leaf("Customer Group", "Individual"),
		"Company": _leaf("Customer Group", "Commercial"),
	}
	return {person.id: _customer(person, groups[person.kind], territory) for person in wanted}


def _leaf(doctype: str, wanted: str) -> str:
	"""The wanted leaf of a tree, or its first one where a site has other names."""
	return frappe.db.exists(doctype, {"name": wanted, "is_group": 0}) or frappe.db.get_value(
		doctype, {"is_group": 0}, "name", order_by="lft"
	)


def _customer(person: people.Customer, group: str, territory: str) -> str:
	found = frappe.db.get_value("Customer", {"customer_name": person.name}, "name")
	if found:
		return found
	doc = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": person.name,
			"customer_type": person.kind,
			"customer_group": group,
			"territory": territory,
			"mobile_no": person.phone,
			"email_id": person.email,
			"dealer_sales_owner": person.sales_owner,
		}
	)
	doc.insert()
	frappe.get_doc(
		{
			"doctype": "Address",
			"address_title": person.name,
			"address_type": "Billing",
			"address_line1": person.street,
			"city": person.city,
			"state": person.state,
			"pincode": person.postal_code,
			"country": "United States",
			"links": [{"link_doctype": "Customer", "link_name": doc.name}],
		}
	).insert()
	return doc.name


def vehicles(wanted: tuple[cars.Vehicle, ...], owners: dict[str, str], bought_before) -> dict[str, str]:
	"""Names of Dealer Vehicle documents by the script's id. Those that exist are kept."""
	return {car.id: _vehicle(car, owners, bought_before) for car in wanted}


def _vehicle(car: cars.Vehicle, owners: dict[str, str], bought_before) -> str:
	if frappe.db.exists("Dealer Vehicle", car.vin):
		return car.vin
	doc = frappe.get_doc(
		{
			"doctype": "Dealer Vehicle",
			"vin": car.vin,
			"company": people.COMPANY,
			"status": car.status,
			"stock_number": None if car.owner else car.id,
			"plate": car.plate,
			"model_year": car.year,
			"make": car.make,
			"model": car.model,
			"trim": car.trim,
			"color": car.color,
			"price": float(car.price.decimal) if car.price else 0,
			"readings": [{"read_on": bought_before, "mileage": car.mileage, "source": "Intake"}],
			"owners": [
				{
					"customer": owners[car.owner],
					"from_date": add_days(bought_before, -400),
					"how": "Sold by Us",
				}
			]
			if car.owner
			else [],
		}
	)
	return doc.insert().name
