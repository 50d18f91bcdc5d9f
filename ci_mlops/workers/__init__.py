"""Scripts run by the interpreter of the team; they import nothing of ci_mlops."""
