"""One spelling for a label, whatever it was read from: YAML, CSV, Parquet or a model's `classes_`."""

SET_SEPARATOR = "|"
"""Between the labels of a row that carries several."""


def canonical_label(value: object) -> str:
    """
    `1`, `1.0`, `"1"` and `"1.0"` are one label, and so are `True`, `"true"` and `"True"`.

    >>> [canonical_label(v) for v in (1, 1.0, "1.0", True, "True", "yes", 0.5)]
    ['1', '1', '1', 'true', 'true', 'yes', '0.5']
    """
    # numpy scalars print as their value; bool before int, because True is 1
    text = str(value).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    if text.lstrip("+-").isdigit() and len(text) <= 30:
        return str(int(text))
    try:
        number = float(text)
    except ValueError:
        return text
    if number.is_integer() and abs(number) < 2**53:
        return str(int(number))
    return repr(number)
