"""POS and CRM for car dealerships, inside ERPNext."""

__version__ = "0.5.0"
