"""The card processor (Stripe): links out, webhooks in, and the two pages a payer sees."""
