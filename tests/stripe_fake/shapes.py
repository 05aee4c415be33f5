"""The objects as Stripe shows them, with the fields a dealership meets; checked against the SDK in tests."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
NO_ADDRESS: Row = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def payment_intent(
	name: str, *, amount: int, currency: str, created: int, livemode: bool, **more: Any
) -> Row:
	return {
		"id": name,
		"object": "payment_intent",
		"amount": amount,
		"amount_capturable": 0,
		"amount_received": 0,
		"application": None,
		"automatic_payment_methods": None,
		"canceled_at": None,
		"cancellation_reason": None,
		"capture_method": "automatic",
		"client_secret": f"{name}_secret_of_the_fake",
		"confirmation_method": "automatic",
		"created": created,
		"currency": currency,
		"customer": None,
		"description": None,
		"last_payment_error": None,
		"latest_charge": None,
		"livemode": livemode,
		"metadata": {},
		"next_action": None,
		"on_behalf_of": None,
		"payment_method": None,
		"payment_method_options": {},
		"payment_method_types": ["card"],
		"processing": None,
		"receipt_email": None,
		"review": None,
		"setup_future_usage": None,
		"shipping": None,
		"source": None,
		"statement_descriptor": None,
		"statement_descriptor_suffix": None,
		"status": "requires_payment_method",
		"transfer_group": None,
		**more,
	}


def charge(
	name: str, *, amount: int, currency: str, created: int, livemode: bool, intent: str, **more: Any
) -> Row:
	return {
		"id": name,
		"object": "charge",
		"amount": amount,
		"amount_captured": 0,
		"amount_refunded": 0,
		"application": None,
		"application_fee": None,
		"application_fee_amount": None,
		"balance_transaction": None,
		"billing_details": {
			"address": dict(NO_ADDRESS),
			"email": None,
			"name": None,
			"phone": None,
			"tax_id": None,
		},
		"calculated_statement_descriptor": "DEALER",
		"captured": False,
		"created": created,
		"currency": currency,
		"customer": None,
		"description": None,
		"disputed": False,
		"failure_balance_transaction": None,
		"failure_code": None,
		"failure_message": None,
		"fraud_details": {},
		"livemode": livemode,
		"metadata": {},
		"on_behalf_of": None,
		"outcome": None,
		"paid": False,
		"payment_intent": intent,
		"payment_method": None,
		"payment_method_details": None,
		"receipt_email": None,
		"receipt_number": None,
		"receipt_url": None,
		"refunded": False,
		"review": None,
		"shipping": None,
		"source": None,
		"source_transfer": None,
		"statement_descriptor": None,
		"statement_descriptor_suffix": None,
		"status": "pending",
		"transfer_group": None,
		**more,
	}


def outcome(approved: bool, decline_code: str | None = None) -> Row:
	return {
		"advice_code": None,
		"network_advice_code": None,
		"network_decline_code": None if approved else "01",
		"network_status": "approved_by_network" if approved else "declined_by_network",
		"reason": None if approved else decline_code,
		"seller_message": "Payment complete." if approved else "The bank did not accept the payment.",
		"type": "authorized" if approved else "issuer_declined",
	}


def card_details(card: Row, amount: int, capture_before: int | None) -> Row:
	"""Of an online card. ``capture_before`` only while it is a hold."""
	details: Row = {
		"amount_authorized": amount,
		"brand": card["brand"],
		"checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
		"country": "US",
		"exp_month": card["exp_month"],
		"exp_year": card["exp_year"],
		"extended_authorization": {"status": "disabled"},
		"fingerprint": card["fingerprint"],
		"funding": card["funding"],
		"incremental_authorization": {"status": "unavailable"},
		"installments": None,
		"last4": card["last4"],
		"mandate": None,
		"multicapture": {"status": "unavailable"},
		"network": card["brand"],
		"network_token": {"used": False},
		"overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
		"three_d_secure": None,
		"wallet": card.get("wallet"),
		"authorization_code": "123456",
		"regulated_status": "unregulated",
		"network_transaction_id": None,
	}
	if capture_before is not None:
		details["capture_before"] = capture_before
	return {"type": "card", "card": details}


def card_present_details(card: Row, amount: int, reader: str, capture_before: int | None) -> Row:
	details: Row = {
		"amount_authorized": amount,
		"brand": card["brand"],
		"cardholder_name": None,
		"country": "US",
		"emv_auth_data": None,
		"exp_month": card["exp_month"],
		"exp_year": card["exp_year"],
		"fingerprint": card["fingerprint"],
		"funding": card["funding"],
		"generated_card": None,
		"incremental_authorization_supported": False,
		"last4": card["last4"],
		"network": card["brand"],
		"overcapture_supported": False,
		"read_method": "contactless_emv",
		"reader": reader,
		"receipt": {
			"account_type": "credit",
			"application_preferred_name": card["brand"].title(),
			"authorization_code": "123456",
			"authorization_response_code": "3030",
			"dedicated_file_name": "A000000003101001",
			"terminal_verification_results": "0000000000",
			"transaction_status_information": "0000",
		},
		"wallet": None,
	}
	if capture_before is not None:
		details["capture_before"] = capture_before
	return {"type": "card_present", "card_present": details}


def bank_debit_details(last4: str) -> Row:
	return {
		"type": "us_bank_account",
		"us_bank_account": {
			"account_holder_type": "individual",
			"account_type": "checking",
			"bank_name": "STRIPE TEST BANK",
			"fingerprint": "fakebankfingerpr",
			"last4": last4,
			"mandate": None,
			"payment_reference": None,
			"routing_number": None,
		},
	}


def refund(
	name: str, *, amount: int, currency: str, created: int, charge: str, intent: str | None, **more: Any
) -> Row:
	return {
		"id": name,
		"object": "refund",
		"amount": amount,
		"balance_transaction": None,
		"charge": charge,
		"created": created,
		"currency": currency,
		"customer": None,
		"destination_details": {"card": {"type": "refund"}, "type": "card"},
		"metadata": {},
		"payment_intent": intent,
		"payment_method": None,
		"reason": None,
		"receipt_number": None,
		"source_transfer_reversal": None,
		"status": "succeeded",
		"transfer_reversal": None,
		**more,
	}


def checkout_session(
	name: str, *, amount: int, currency: str, created: int, livemode: bool, **more: Any
) -> Row:
	return {
		"id": name,
		"object": "checkout.session",
		"adaptive_pricing": {"enabled": False},
		"after_expiration": None,
		"allow_promotion_codes": None,
		"amount_subtotal": amount,
		"amount_total": amount,
		"automatic_tax": {"enabled": False, "liability": None, "status": None, "provider": None},
		"billing_address_collection": None,
		"cancel_url": None,
		"client_reference_id": None,
		"client_secret": None,
		"consent": None,
		"consent_collection": None,
		"created": created,
		"currency": currency,
		"custom_fields": [],
		"custom_text": {
			"after_submit": None,
			"shipping_address": None,
			"submit": None,
			"terms_of_service_acceptance": None,
		},
		"customer": None,
		"customer_creation": "if_required",
		"customer_details": None,
		"customer_email": None,
		"discounts": None,
		"expires_at": created,
		"invoice": None,
		"invoice_creation": {
			"enabled": False,
			"invoice_data": {
				"account_tax_ids": None,
				"custom_fields": None,
				"description": None,
				"footer": None,
				"issuer": None,
				"metadata": {},
				"rendering_options": None,
			},
		},
		"livemode": livemode,
		"locale": None,
		"metadata": {},
		"mode": "payment",
		"origin_context": None,
		"payment_intent": None,
		"payment_link": None,
		"payment_method_collection": "if_required",
		"payment_method_options": {},
		"payment_method_types": ["card"],
		"payment_status": "unpaid",
		"phone_number_collection": {"enabled": False},
		"recovered_from": None,
		"saved_payment_method_options": None,
		"setup_intent": None,
		"shipping_address_collection": None,
		"shipping_cost": None,
		"shipping_options": [],
		"status": "open",
		"submit_type": None,
		"subscription": None,
		"success_url": None,
		"total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
		"ui_mode": "hosted_page",
		"url": None,
		**more,
	}


def balance_transaction(
	name: str, *, amount: int, fee: int, kind: str, category: str, currency: str, created: int, available_on: int,
	source: str | None, description: str | None, fees: list[Row],
) -> Row:  # fmt: skip
	return {
		"id": name,
		"object": "balance_transaction",
		"amount": amount,
		"available_on": available_on,
		"balance_type": "payments",
		"created": created,
		"currency": currency,
		"description": description,
		"exchange_rate": None,
		"fee": fee,
		"fee_details": fees,
		"net": amount - fee,
		"reporting_category": category,
		"source": source,
		"status": "pending",
		"type": kind,
	}


def fee_detail(amount: int, currency: str, description: str) -> Row:
	return {
		"amount": amount,
		"application": None,
		"currency": currency,
		"description": description,
		"type": "stripe_fee",
	}
