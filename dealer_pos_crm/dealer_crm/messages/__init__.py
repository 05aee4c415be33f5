"""Messages to customers: who may be sent one, and by what."""
