from tests.report import fuzz


def test_ten_thousand_strings_stay_text_in_every_renderer():
    assert fuzz.living(10_000, seed=1) == []


def test_the_same_seed_makes_the_same_strings():
    assert list(fuzz.strings(50, 7)) == list(fuzz.strings(50, 7)) != list(fuzz.strings(50, 8))
