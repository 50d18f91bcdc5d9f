"""Where versions live: versions, pointers, evidence."""
