"""The rarer objects as Stripe shows them: disputes, payouts, readers, files, endpoints, events, people."""

from __future__ import annotations

from typing import Any

from .shapes import NO_ADDRESS, Row

EVIDENCE_FILES = (
	"cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation",
	"receipt", "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
)  # fmt: skip
EVIDENCE_TEXTS = (
	"access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal",
	"customer_email_address", "customer_name", "customer_purchase_ip", "duplicate_charge_explanation",
	"duplicate_charge_id", "product_description", "refund_policy_disclosure", "refund_refusal_explanation",
	"service_date", "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number",
	"uncategorized_text",
)  # fmt: skip


def dispute(name: str, *, amount: int, currency: str, created: int, livemode: bool, **more: Any) -> Row:
	return {
		"id": name,
		"object": "dispute",
		"amount": amount,
		"balance_transactions": [],
		"charge": None,
		"created": created,
		"currency": currency,
		"enhanced_eligibility_types": [],
		"evidence": {**dict.fromkeys((*EVIDENCE_FILES, *EVIDENCE_TEXTS)), "enhanced_evidence": {}},
		"evidence_details": {
			"due_by": None,
			"enhanced_eligibility": {},
			"has_evidence": False,
			"past_due": False,
			"submission_count": 0,
			"submission_method": "not_submitted",
		},
		"is_charge_refundable": False,
		"livemode": livemode,
		"metadata": {},
		"payment_intent": None,
		"payment_method_details": None,
		"reason": "general",
		"status": "needs_response",
		**more,
	}


def payout(name: str, *, amount: int, currency: str, created: int, livemode: bool, **more: Any) -> Row:
	return {
		"id": name,
		"object": "payout",
		"amount": amount,
		"application_fee": None,
		"application_fee_amount": None,
		"arrival_date": created,
		"automatic": True,
		"balance_transaction": None,
		"created": created,
		"currency": currency,
		"description": "STRIPE PAYOUT",
		"destination": "ba_of_the_fake",
		"failure_balance_transaction": None,
		"failure_code": None,
		"failure_message": None,
		"livemode": livemode,
		"metadata": {},
		"method": "standard",
		"original_payout": None,
		"payout_method": None,
		"reconciliation_status": "in_progress",
		"reversed_by": None,
		"source_type": "card",
		"statement_descriptor": None,
		"status": "pending",
		"trace_id": {"status": "pending", "value": None},
		"type": "bank_account",
		**more,
	}


def reader(name: str, *, label: str, location: str | None, livemode: bool, **more: Any) -> Row:
	return {
		"id": name,
		"object": "terminal.reader",
		"action": None,
		"device_sw_version": "2.42.0.0",
		"device_type": "stripe_s700",
		"ip_address": "192.168.2.2",
		"label": label,
		"last_seen_at": None,
		"livemode": livemode,
		"location": location,
		"metadata": {},
		"serial_number": "STRM26000000000",
		"status": "online",
		**more,
	}


def location(name: str, *, display_name: str, livemode: bool, **more: Any) -> Row:
	return {
		"id": name,
		"object": "terminal.location",
		"address": dict(NO_ADDRESS),
		"display_name": display_name,
		"livemode": livemode,
		"metadata": {},
		**more,
	}


def file(name: str, *, created: int, filename: str, purpose: str, size: int, kind: str) -> Row:
	return {
		"id": name,
		"object": "file",
		"created": created,
		"expires_at": None,
		"filename": filename,
		"links": {"object": "list", "data": [], "has_more": False, "url": f"/v1/file_links?file={name}"},
		"purpose": purpose,
		"size": size,
		"title": None,
		"type": kind,
		"url": f"https://files.stripe.com/v1/files/{name}/contents",
	}


def customer(name: str, *, created: int, livemode: bool, **more: Any) -> Row:
	return {
		"id": name,
		"object": "customer",
		"address": None,
		"balance": 0,
		"created": created,
		"currency": None,
		"default_source": None,
		"delinquent": False,
		"description": None,
		"discount": None,
		"email": None,
		"invoice_prefix": "FAKE0001",
		"invoice_settings": {
			"custom_fields": None,
			"default_payment_method": None,
			"footer": None,
			"rendering_options": None,
		},
		"livemode": livemode,
		"metadata": {},
		"name": None,
		"next_invoice_sequence": 1,
		"phone": None,
		"preferred_locales": [],
		"shipping": None,
		"tax_exempt": "none",
		"test_clock": None,
		**more,
	}


def account(name: str, *, created: int, currency: str, country: str) -> Row:
	return {
		"id": name,
		"object": "account",
		"business_type": "company",
		"capabilities": {"card_payments": "active", "transfers": "active"},
		"charges_enabled": True,
		"country": country,
		"created": created,
		"default_currency": currency,
		"details_submitted": True,
		"email": "owner@example.com",
		"metadata": {},
		"payouts_enabled": True,
		"settings": {
			"branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
			"card_payments": {
				"decline_on": {"avs_failure": False, "cvc_failure": True},
				"statement_descriptor_prefix": None,
			},
			"payments": {"statement_descriptor": "SUMMIT MOTORS"},
			"dashboard": {"display_name": "Summit Motors", "timezone": "Etc/UTC"},
			"payouts": {
				"debit_negative_balances": True,
				"schedule": {"delay_days": 2, "interval": "daily"},
				"statement_descriptor": None,
			},
		},
		"type": "standard",
	}


def webhook_endpoint(
	name: str, *, created: int, url: str, events: list[str], livemode: bool, **more: Any
) -> Row:
	return {
		"id": name,
		"object": "webhook_endpoint",
		"api_version": None,
		"application": None,
		"created": created,
		"description": None,
		"enabled_events": events,
		"livemode": livemode,
		"metadata": {},
		"status": "enabled",
		"url": url,
		**more,
	}


def event(name: str, *, created: int, kind: str, thing: Row, livemode: bool, api_version: str) -> Row:
	return {
		"id": name,
		"object": "event",
		"api_version": api_version,
		"created": created,
		"data": {"object": thing},
		"livemode": livemode,
		"pending_webhooks": 0,
		"request": {"id": None, "idempotency_key": None},
		"type": kind,
	}
