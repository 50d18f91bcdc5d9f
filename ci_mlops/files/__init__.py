"""Files on disk: whole or absent, and known by their digest."""
