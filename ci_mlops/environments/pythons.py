"""Which Python fits what a package asks of it."""

import re


def lets(bound: str, minor: int) -> bool:
    """Whether `requires-python` lets Python 3.<minor> through; its last digit is not asked for."""
    return all(
        _holds(operator, [int(part) for part in re.findall(r"\d+", version)], minor)
        for operator, version in re.findall(r"(>=|<=|==|!=|~=|>|<)\s*([\d.*]+)", bound)
    )


def _holds(operator: str, parts: list[int], minor: int) -> bool:
    here, limit = (3, minor), tuple(parts[:2])
    if len(limit) == 1:
        limit = (limit[0], 0 if operator in (">=", "<", "~=") else 99)
        if operator in ("==", "!="):
            return (parts[0] == 3) == (operator == "==")
    # `<3.10.2` lets 3.10.0 through
    is_inner = any(parts[2:])
    return {
        ">=": here >= limit,
        ">": here > limit or (is_inner and here == limit),
        "<=": here <= limit,
        "<": here < limit or (is_inner and here == limit),
        "==": here == limit,
        "!=": here != limit or is_inner,
        "~=": here >= limit and here[0] == limit[0] and (len(parts) < 3 or here == limit),
    }[operator]


def may_hold(marker: str, python: str) -> bool:
    """
    Whether a marker can hold for any machine with that Python; what is not read is let through.

    >>> may_hold("python_full_version < '3.11' and sys_platform == 'win32'", "3.10"), may_hold("python_version >= '3.12'", "3.10")
    (True, False)
    """
    if " or " in marker or "(" in marker:
        return True
    minor = int(python.split(".")[1])
    terms = [
        re.fullmatch(r"python(?:_full)?_version\s*([<>=!~]+)\s*'([^']+)'", one.strip())
        for one in marker.split(" and ")
    ]
    return all(lets(f"{term[1]}{term[2]}", minor) for term in terms if term)


def nearest_fitting(bound: str, python: str) -> str:
    """
    The Python nearest to a wanted one; empty: none fits.

    >>> nearest_fitting(">=3.11", "3.10"), nearest_fitting(">=3.6,<3.10", "3.12"), nearest_fitting("<3", "3.12")
    ('3.11', '3.9', '')
    """
    here = int(python.split(".")[1])
    fits = [minor for minor in range(6, 20) if lets(bound, minor)]
    nearest = min(fits, key=lambda minor: abs(minor - here), default=None)
    return "" if nearest is None else f"3.{nearest}"


def lowest_fitting(bound: str, python: str) -> str:
    """The wanted one where it fits, else the nearest."""
    return nearest_fitting(bound, python) or python
