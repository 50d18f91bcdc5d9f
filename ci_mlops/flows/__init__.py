"""Stories, one file per verb."""
