"""What to call each class."""

from ci_mlops.records import Policy


def class_words(policy: Policy) -> tuple[str, ...]:
    """In the order of the classes' codes."""
    words = dict(policy.names)
    if policy.classes:
        return tuple(words.get(label, label) for label in policy.classes)
    positive = policy.positive if policy.positive is not None else "1"
    word = words.get(positive, positive)
    others = [other for label, other in words.items() if label != positive]
    plain = "0" if policy.positive is None else f"not {word}"
    return (others[0] if others else plain, word)
