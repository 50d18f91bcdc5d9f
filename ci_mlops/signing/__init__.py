"""Signatures: keys, and the envelope that a signed text lies in."""
