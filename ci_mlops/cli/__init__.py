"""Doors: one small file per group of commands; wiring.py alone names concrete adapters."""
