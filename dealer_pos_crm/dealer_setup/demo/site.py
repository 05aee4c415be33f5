"""``make demo``: Summit Motors with its last sixty days on this site."""

import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
import frappe
from frappe.utils import get_system_timezone, getdate

from dealer_pos_crm.dealer_setup.demo import counter_house, files, house, lane_house, showroom_house
from dealer_pos_crm.dealer_setup.demo.replay import Replay

DAYS = 60
_MARK = "dealer_demo_loaded"


def load(days: int = DAYS) -> dict:
	"""Make the dealership and play its history. A site that already has it is left as it is.

	Returns the staff with their users, and the one password. Needs ``freezegun``, to book the past in the
	past.
	"""
	frappe.set_user("Administrator")
	if frappe.db.get_default(_MARK):
		return _made()
	try:
		from freezegun import freeze_time
	except ImportError:
		frappe.throw("The demo books the past in the past and needs freezegun: pip install freezegun")
	from dealer_pos_crm.rehearsal.summit_motors.house import house as summit_motors
	from dealer_pos_crm.rehearsal.summit_motors.script import acts

	today = getdate()
	begin = today - timedelta(days=days + 1)
	# The clock moves a little at every look: Frappe tells two versions of a document apart by microseconds.
	with freeze_time(_utc(datetime.combine(begin, time(7))), auto_tick_seconds=0.000137) as clock:
		house.build(days, today)
		place = summit_motors()
		customers = files.customers(place.customers)
		frappe.db.commit()  # nosemgrep - a step of a demo
		vehicles = files.vehicles(place.vehicles, customers, begin)
		frappe.db.commit()  # nosemgrep - a step of a demo
		lane_house.build({car.make for car in place.vehicles})
		showroom_house.build()
		counter_house.build()
		replay = Replay(customers, vehicles, lambda moment: clock.move_to(_utc(moment)), place)
		day = begin
		with click.progressbar(
			acts(days, today, place), label="Playing the history", file=sys.stderr
		) as script:
			for act in script:
				while day < act.at.date():
					clock.move_to(_utc(datetime.combine(day, time(19))))
					replay.evening(datetime.combine(day, time(19)))
					day += timedelta(days=1)
				clock.move_to(_utc(act.at))
				replay.play(act)
	frappe.db.set_default(_MARK, str(today))
	frappe.db.commit()  # nosemgrep - a step of a demo
	return _made()


def _utc(moment: datetime) -> datetime:
	"""In UTC, never on the full second: a time without microseconds is read back as another text."""
	moment += timedelta(microseconds=59)
	return (
		moment.replace(tzinfo=ZoneInfo(get_system_timezone()))
		.astimezone(ZoneInfo("UTC"))
		.replace(tzinfo=None)
	)


def _made() -> dict:
	return {"users": house.staff(), "password": house.PASSWORD}
