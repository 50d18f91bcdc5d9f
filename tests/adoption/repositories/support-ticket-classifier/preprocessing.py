import re

STOP = set("""hi hello hey dear good morning team thanks thank you please regards kind the a an and or is are
was were to of in on at for with from my our we i it this that""".split())


def clean_text(text):
    text = str(text).lower()
    text = re.sub(r"#\d+", " ticketnumber ", text)
    text = re.sub(r"[^a-z\s]", " ", text)
    tokens = [t for t in text.split() if t not in STOP and len(t) > 1]
    return " ".join(tokens)
