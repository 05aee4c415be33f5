"""The pictures of a car: one of them is the main one, and stands in lists."""

from frappe.utils import cint


def follow(car) -> None:
	"""Before a car is saved: the newest choice of a main photo is the only one, else the first photo is it."""
	before = car.get_doc_before_save()
	known = {row.name for row in before.photos if cint(row.main)} if before else set()
	chosen = [row for row in car.photos if cint(row.main)]
	main = next((row for row in chosen if row.name not in known), chosen[0] if chosen else None)
	for row in car.photos:
		row.main = int(row is main)
	main = main or (car.photos[0] if car.photos else None)
	car.photo = main.image if main else None
