"""Story: sabotaged models, made of the champion, go through the team's own rules and rows."""
