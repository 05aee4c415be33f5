"""Messages that never arrived: the provider is asked which ones it could not deliver."""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, now_datetime, strip_html

from dealer_pos_crm.dealer_cashier.gateway import accounts, failures, inbox
from dealer_pos_crm.dealer_cashier.gateway.times import utc_time
from dealer_pos_crm.dealer_setup.acting import each_alone
from dealer_pos_crm.gateways.errors import GatewayError, WrongKey

# The provider keeps its messages for so long.
KEPT = timedelta(days=30)
# Clocks differ, and a message may be listed a little after it was made.
_OVERLAP = timedelta(hours=1)
_BATCH = 50
# Without an answer for so long somebody is told.
_PATIENCE = timedelta(hours=1)


def run() -> None:
	"""Ask for every account that is looked after. Every ten minutes."""
	each_alone(accounts.DOCTYPE, accounts.looked_after(), catch_up, "Gateway Account {0} could not catch up")


def catch_up(name: str) -> int:
	"""Take in what was not delivered since the last time. Returns how many messages were new."""
	account = frappe.get_doc(accounts.DOCTYPE, name)
	started, since = now_datetime(), _since(account)
	new = 0
	frappe.db.commit()  # nosemgrep - no transaction is open while the provider is asked
	try:
		# Without an endpoint nothing is ever delivered, and nothing counts as undelivered either.
		found = accounts.client(account).events(undelivered=bool(account.webhook_endpoint), after=since)
		names: list[int] = []
		for event in found:
			row, is_new = inbox.accept(account, event, source=inbox.CATCH_UP)
			if is_new:
				new += 1
				names.append(row)
			if len(names) >= _BATCH:
				_keep(names)
				names = []
		_keep(names)
	except (GatewayError, frappe.ValidationError) as error:  # also no key, or one that cannot be decrypted
		frappe.db.rollback()
		_no_answer(account, error, started)
		return new
	late = _too_late(account, since)
	frappe.db.set_value(
		accounts.DOCTYPE,
		name,
		{"caught_up_to": utc_time(started).isoformat(), "caught_up_on": started, "last_problem": late},
		update_modified=False,
	)
	if late:
		failures.tell(account, title=_("Messages of the card provider may be missing"), text=late)
	elif account.last_problem:
		failures.settled((accounts.DOCTYPE, name))
	return new


def _keep(names: list[int]) -> None:
	inbox.later(names)
	frappe.db.commit()  # nosemgrep - what is kept stays kept when the provider stops answering


def _since(account) -> datetime:
	"""From when messages are asked for, in UTC."""
	oldest = utc_time(now_datetime()) - KEPT
	if not account.caught_up_to:
		return max(oldest, utc_time(get_datetime(account.creation)) - _OVERLAP)
	return max(oldest, datetime.fromisoformat(account.caught_up_to) - _OVERLAP)


def _too_late(account, since: datetime) -> str | None:
	"""What to say when the gap was longer than the provider keeps messages."""
	if not account.caught_up_to or datetime.fromisoformat(account.caught_up_to) >= since:
		return None
	return _(
		"For more than {0} days nothing could be fetched, and the provider keeps its messages no longer. Open payments and payouts are read anew by themselves; compare refunds and disputes since {1} with the provider's page"
	).format(KEPT.days, account.caught_up_on)


def _no_answer(account, error: Exception, now: datetime) -> None:
	if isinstance(error, WrongKey):
		reason = _("The provider does not accept the key: {0}").format(error.message)
	elif isinstance(error, GatewayError):
		reason = _("The provider could not be reached: {0}").format(error)
	else:
		reason = strip_html(cstr(error))
		frappe.clear_messages()
	accounts.note_problem(account.name, reason)
	last = get_datetime(account.caught_up_on or account.creation)
	by_itself = isinstance(error, GatewayError) and not isinstance(error, WrongKey)
	if not by_itself or now - last > _PATIENCE:
		failures.tell(
			account,
			title=_("The card provider cannot be asked"),
			text=_(
				"{0} Cards may not work; cash and checks do. What was started is looked up by itself as soon as the provider answers."
			).format(reason + "."),
		)
