"""The report as one page that a browser shows: no request, no script that it needs."""

from ci_mlops.report.html.page import to_page

__all__ = ["to_page"]
