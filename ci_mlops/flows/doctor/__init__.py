"""`doctor`: every capability is tried, each problem told with its mend; one topic per file."""
