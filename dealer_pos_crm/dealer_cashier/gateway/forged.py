"""Messages that the provider did not sign: counted, told once, and never a flood of anything."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.gateway import accounts, failures

_HOURS = 48
# At these counts of an hour something is written down.
_TOLD = (3, 30, 300, 3000)


def note(account: str) -> int:
	"""One more in this hour. Returns how many there were."""
	key = _key(account, now_datetime().strftime("%Y%m%d%H"))
	count = int(frappe.cache.incrby(key, 1))
	if count == 1:
		frappe.cache.expire(key, _HOURS * 3600)
		frappe.logger("dealer_pos_crm").warning(f"a message without a valid signature for {account}")
	if count in _TOLD:
		text = _(
			"{0} messages within an hour were not signed with the secret of this account. Either somebody guesses, which does no harm, or the secret here is not the one at the provider: then nothing arrives. Check the connection"
		).format(count)
		accounts.note_problem(account, text)
		failures.tell(account, title=_("Messages with a wrong signature"), text=text)
	return count


def of_a_day(account: str) -> int:
	"""How many came in the last 24 hours."""
	now = now_datetime()
	keys = (
		_key(account, frappe.utils.add_to_date(now, hours=-back, as_datetime=True).strftime("%Y%m%d%H"))
		for back in range(24)
	)
	return sum(int(frappe.cache.get(key) or 0) for key in keys)


def _key(account: str, hour: str) -> bytes:
	return frappe.cache.make_key(f"dealer_forged:{account}:{hour}")
