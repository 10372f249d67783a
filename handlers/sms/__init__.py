"""The carrier (Twilio): texts in, texts out, and what became of them."""
