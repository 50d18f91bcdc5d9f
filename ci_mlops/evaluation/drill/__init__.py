"""Sabotaged models of the champion, and what the rules make of them: who can tell that a gate stops anything?"""
