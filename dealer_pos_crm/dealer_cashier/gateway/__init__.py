"""The way to the card provider: accounts and keys, the box for messages in and the box for calls out."""
