"""Stripe: the one place that speaks to it. Money and plain values go in, facts of ``domain.gateway`` come out."""
