"""
Start the capture in a python of the team, then be as if it had not been there.

Every python below the training command reads this, also one that is far older than the launcher supports: so the
plainest of syntax, and one import.
"""

import os
import sys

if os.environ.get("CI_MLOPS_CAPTURE") and sys.version_info >= (3, 8):
    capture = __import__("_ci_mlops_capture")
    capture.begin()
    capture.hand_over(__name__, os.path.dirname(os.path.abspath(__file__)))
