"""What is allowed although a rule forbids it, each with its reason. Adding a line here is a decision to review.

A line that no longer allows anything fails its test: take it out.
"""

# Link fields to these need no search index, on whatever doctype they stand.
UNINDEXED_TARGETS: dict[str, str] = {
	"Currency": "one value for nearly every row of a company: the database would never choose the index",
}

# Link fields without a search index: "Doctype.fieldname": why a lookup by it never happens.
UNINDEXED_LINKS: dict[str, str] = {}

# Functions that a visitor without a login may call: dotted path: why, and what the token is.
GUEST_METHODS: dict[str, str] = {}

# Uses of ignore_permissions=True: file: (how many, why the caller's own rights are not the measure).
IGNORE_PERMISSIONS: dict[str, tuple[int, str]] = {
	"dealer_pos_crm/dealer_cashier/receipts.py": (
		2,
		"whoever may e-mail a deposit leaves the message and its PDF on file without a right to write either",
	),
}

# Calls of frappe.db.commit(): file: (how many, why the request's or job's own commit is not enough).
COMMITS: dict[str, tuple[int, str]] = {
	"dealer_pos_crm/dealer_cashier/receipts.py": (
		1,
		"a failure after the payment's own commit must stay to be seen; nothing commits after it",
	),
}

# SQL whose text is put together: file: (how many, why no value from outside gets into the text).
BUILT_SQL: dict[str, tuple[int, str]] = {}
