"""
Watch, and maybe fix, the seeds in a python of the team, then be as if it had not been there.

Every python below the training command reads this, also one that is far older than what it starts supports: so the
plainest of syntax, and one import.
"""

import os
import sys

if os.environ.get("CI_MLOPS_SEEDS") and sys.version_info >= (3, 8):
    seeds = __import__("_ci_mlops_seeds")
    seeds.begin(os.environ["CI_MLOPS_SEEDS"].split())
    seeds.hand_over(__name__, os.path.dirname(os.path.abspath(__file__)))
