"""Where leads come from, and whose they are."""

import secrets

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Lead Feed"
EMAIL, HTTP, FILE, WEB_FORM = "E-mail", "HTTP", "File", "Web Form"
_FIELDS = ("name", "company", "provider", "lead_source", "campaign", "lead_type", "email_account", "channel")


def check(feed) -> None:
	"""What a feed must hold before leads come by it."""
	settings_of(feed.company)
	if feed.channel == EMAIL:
		_check_mailbox(feed)
	if feed.channel == WEB_FORM and not feed.form_key:
		feed.form_key = secrets.token_urlsafe(18)


def _check_mailbox(feed) -> None:
	if not feed.email_account:
		frappe.throw(_("Choose the e-mail account that the leads of {0} arrive in").format(feed.title))
	account = frappe.db.get_value(
		"Email Account", feed.email_account, ["append_to", "use_imap", "name"], as_dict=True
	)
	folders = frappe.get_all("IMAP Folder", {"parent": feed.email_account}, pluck="append_to", order_by="idx")
	if "Lead" in (account.append_to, *folders):
		frappe.throw(
			_(
				"{0} is appended to Lead: ERPNext makes a lead of every message there, in the name of the portal"
				" that sends it. Take that setting out of the account first"
			).format(frappe.bold(account.name)),
			title=_("E-mail Account"),
		)


def of_mailboxes() -> set[str]:
	"""E-mail accounts that leads arrive in."""
	return set(
		frappe.get_all(
			DOCTYPE,
			{"enabled": 1, "channel": EMAIL, "email_account": ("is", "set")},
			pluck="email_account",
			order_by="name",
		)
	)


def find(
	channel: str,
	*,
	name: str | None = None,
	email_account: str | None = None,
	provider: str | None = None,
	company: str | None = None,
):
	"""The feed of a message. Raises ``Refused`` where none takes it, or where two companies could."""
	filters: dict[str, object] = {"enabled": 1}
	if name:
		filters["name"] = name
	else:
		filters["channel"] = channel
	if email_account:
		filters["email_account"] = email_account
	if company:
		filters["company"] = company
	rows = frappe.get_all(DOCTYPE, filters, list(_FIELDS), order_by="creation, name")
	said = _folded(provider)
	named = [row for row in rows if row.provider and _folded(row.provider) == said]
	fitting = named or [row for row in rows if not row.provider or name]
	if not fitting and company and not name:
		return frappe._dict(name=None, company=company, lead_type="Internet", channel=channel)
	if not fitting:
		raise Refused(
			"no_feed",
			marked("No enabled Lead Feed takes messages by {0} from {1}. Add one, then retry"),
			_(channel),
			provider or _("an unnamed provider"),
		)
	if len({row.company for row in fitting}) > 1:
		raise Refused(
			"two_companies",
			marked("Feeds of more than one company take messages by {0} from {1}: name the provider in them"),
			_(channel),
			provider or _("an unnamed provider"),
		)
	return fitting[0]


def _folded(text: str | None) -> str:
	return " ".join(cstr(text).casefold().split())


def saw(feed: str | None, field: str, at) -> None:
	"""The feed's last message, or its last failure."""
	if feed:
		frappe.db.set_value(DOCTYPE, feed, field, at, update_modified=False)
