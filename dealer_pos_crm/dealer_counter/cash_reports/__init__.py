"""Cash above the limit of the law (Form 8300): counted, asked for, filed and told to the payer."""
