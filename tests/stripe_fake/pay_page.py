"""The hosted page: what is paid, three buttons, and a shut door when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from .errors import ApiError
from .sessions import PageClosed

if TYPE_CHECKING:
	from .fake import Fake

SHEET = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #f6f7f9; color: #1a1f36 }
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.1rem; margin: 0 } .amount { font-size: 2rem; font-weight: 600; margin: 0 0 1rem }
button { display: block; width: 100%; min-height: 3rem; margin: .5rem 0; font: inherit; border-radius: .4rem;
  border: 1px solid #697386; background: #fff }
button.pay { background: #1a56db; color: #fff; border-color: #1a56db } .error { color: #b3093c }
"""


@dataclass(frozen=True)
class Page:
	html: str = ""
	status: int = 200
	redirect: str = ""


def answer(fake: Fake, session: str, method: str, fields: dict[str, str]) -> Page:
	try:
		row = fake.object(session)
		fake.sessions.open_one(fake.store.get("checkout.session", session))
	except LookupError:
		return Page(_frame("Not found", "<h1>There is no such page.</h1>"), 404)
	except PageClosed:
		done = fake.object(session)["status"] == "complete"
		words = "You have paid already." if done else "This page has expired."
		return Page(_frame("Closed", f"<h1>{words}</h1><p>You can close this window.</p>"), 410)
	if method == "GET":
		return Page(_form(fake, session))
	do = fields.get("do", "")
	try:
		if do == "cancel":
			return Page(redirect=fake.payer.abandon(session).url or row["success_url"])
		visit = fake.payer.pay(session, fields.get("card") or ("0002" if do == "decline" else "4242"))
	except (ApiError, LookupError) as error:
		return Page(_form(fake, session, str(error)), 400)
	if visit.outcome == "declined":
		return Page(_form(fake, session, visit.message))
	return Page(redirect=visit.url)


def _form(fake: Fake, session: str, problem: str = "") -> str:
	row = fake.object(session)
	line = fake.store.hidden(session)["lines"][0]
	shown = f"{row['amount_total'] / 100:,.2f} {row['currency'].upper()}"
	said = f'<p class="error" role="alert">{escape(problem)}</p>' if problem else ""
	return _frame(
		"Pay",
		f"""<p>TEST PAGE of the stand-in for Stripe</p><h1>{escape(line["description"])}</h1>
<p class="amount">{shown}</p>{said}
<form method="post">
<button class="pay" name="do" value="pay">Pay</button>
<button name="do" value="decline">Decline</button>
<button name="do" value="cancel">Cancel</button>
</form>""",
	)


def _frame(title: str, inner: str) -> str:
	return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{SHEET}</style></head>
<body><main>{inner}</main></body></html>"""
