"""verdict.json and its renderings, one file per dialect."""

from ci_mlops.report.codec import decode, encode, read_verdict, seal, write_verdict
from ci_mlops.report.headline import headline
from ci_mlops.report.renderings import FORMATS, Format, render

__all__ = [
    "FORMATS",
    "Format",
    "decode",
    "encode",
    "headline",
    "read_verdict",
    "render",
    "seal",
    "write_verdict",
]
