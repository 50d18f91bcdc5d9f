"""How fair the comparison was: what of the test rows the models' training data holds, and how worn the test pin is."""

from collections.abc import Callable
from dataclasses import replace

from ci_mlops.records import FairnessProof, TrainingOverlap, Verdict
from ci_mlops.report.blocks import Align, Details, Items, Table
from ci_mlops.report.inline import capital, name, prose, strong
from ci_mlops.report.numbers import number, short
from ci_mlops.report.tables import candidate_title, champion_title
from ci_mlops.report.words import counted

MANY_REPEATED = 0.01
"""Share of the test rows that equal another one, from which intervals may be too narrow."""
MANY_BY_CHANCE = 0.10


def contaminated(verdict: Verdict) -> list[str]:
    """Told at the top: what flatters a model, and what was done about it."""
    proof = verdict.proof
    if proof is None:
        return []
    models = _by_whom(proof)
    told = [_left_out(one, who, proof) for one, who in models if one.left_out and not _only_noted(one, proof)]
    told += [_older(one, who, proof) for one, who in models if one.older]
    told += [
        f"{_equal(one, who, proof)}. That is no more than chance gives, as {_columns(one)} few different rows: they are measured."
        for one, who in models
        if one.is_chance and one.content > MANY_BY_CHANCE * proof.rows
    ]
    return [*told, *_worn_out(proof)]


def of_the_pin(verdict: Verdict) -> list[str]:
    """For the line under the table."""
    proof = verdict.proof
    if proof is None:
        return []
    lines = []
    if proof.repeated > MANY_REPEATED * proof.rows:
        lines.append(
            f"{number(proof.repeated)} of the {number(proof.rows)} test rows equal an earlier one in all but the id: where "
            f"that is one case written twice, the intervals are too narrow, and {name('data.test.group')} mends it."
        )
    if since := since_this_pin(verdict):
        lines.append(f"Test data: {since}.")
    return lines


def since_this_pin(verdict: Verdict) -> str:
    """`14 merges since this pin`"""
    proof = verdict.proof
    if proof is None or proof.merges is None or (proof.at_least and not proof.merges):
        return ""
    return f"{'at least ' if proof.at_least else ''}{counted(proof.merges, 'merge')} since this pin"


def fair_comparison(verdict: Verdict) -> Details | None:
    """What was looked for, model by model."""
    proof = verdict.proof
    if proof is None or not proof.models:
        return None
    known = [one for one in proof.models if one.is_known]
    blocks: list[Table | Items] = []
    if known:
        titles = {"champion": champion_title(verdict), "candidate": candidate_title(verdict)}
        known.sort(key=lambda one: one.role != "champion")
        rows = tuple((label, *(cell(one) for one in known)) for label, cell in _ROWS if any(map(cell, known)))
        heads = ("", *(titles[one.role] for one in known))
        align: tuple[Align, ...] = ("left", "right", "right")
        blocks.append(Table(heads, align[: len(heads)], rows))
    unknown = tuple(
        f"{capital(f'the {one.role}')}: not known, as {prose(one.reason)}."
        for one in proof.models
        if one.reason
    )
    if unknown:
        blocks.append(Items(unknown))
    return Details(f"{strong('Fair comparison')}: {_summary(proof)}", tuple(blocks))


def _summary(proof: FairnessProof) -> str:
    told = [
        f"{number(one.left_out)} of {number(proof.rows)} test rows are in the training data of the {one.role}"
        for one in proof.models
        if one.left_out
    ]
    unknown = [one.role for one in proof.models if one.reason]
    if unknown:
        told.append(f"not known of the {' and the '.join(unknown)}")
    return "; ".join(told) or f"no test row of {number(proof.rows)} counts as trained on"


_ROWS: tuple[tuple[str, Callable[[TrainingOverlap], str]], ...] = (
    ("Training rows looked at", lambda one: number(one.training_rows)),
    ("Columns compared, beside id and target", lambda one: number(one.columns)),
    ("Test rows that equal a training row", lambda one: _some(one.content)),
    ("… with the same target", lambda one: _some(one.whole)),
    ("… expected by chance", lambda one: short(one.by_chance) if one.content else ""),
    ("Test rows with the id of a training row", lambda one: _some(one.same_id) + _ids(one)),
    ("Test rows whose group is trained on", lambda one: _some(one.same_group) + _groups(one)),
    ("Test rows older than the newest training row", lambda one: _some(one.older)),
    ("Newest training row", lambda one: prose(one.newest)),
    ("Count as trained on", lambda one: number(one.left_out)),
)


def _some(count: int) -> str:
    return number(count) if count else ""


def _ids(one: TrainingOverlap) -> str:
    if not one.same_id:
        return ""
    told = [f"{number(one.respelt)} spelt otherwise"] if one.respelt else []
    told += ["each file counts its own rows"] if one.numbered else []
    return f" ({', '.join(told)})" if told else ""


def _groups(one: TrainingOverlap) -> str:
    return f" ({number(one.groups)} of {number(one.groups_of)} groups)" if one.same_group else ""


def _by_whom(proof: FairnessProof) -> list[tuple[TrainingOverlap, str]]:
    """Each fact once, with whom it is true of."""
    if len(proof.models) == 2 and proof.models[0] == replace(proof.models[1], role=proof.models[0].role):
        return [(proof.models[0], "both models")]
    return [(one, f"the {one.role}") for one in proof.models]


def _only_noted(one: TrainingOverlap, proof: FairnessProof) -> bool:
    """The line under the table says it: rows that a launcher noted are left out."""
    return one.noted and not one.same_group and proof.overlap == "exclude"


def _left_out(one: TrainingOverlap, who: str, proof: FairnessProof) -> str:
    why = [f"{number(one.content)} equal a training row" if one.content and not one.is_chance else ""]
    why += [f"{number(one.same_id)} have the id of one" if one.same_id and not one.numbered else ""]
    why += [f"{number(one.same_group)} are of a group that has rows there" if one.same_group else ""]
    done = {
        "exclude": "They are left out for both models",
        "tell": f"They are measured all the same, as {name('data.test.overlap')} says, and flatter the numbers",
        "refuse": f"{name('data.test.overlap')} refuses that",
    }[proof.overlap]
    return (
        f"{number(one.left_out)} of the {number(proof.rows)} test rows are in the training data of {who} "
        f"({', '.join(filter(None, why))}). {done}."
    )


def _equal(one: TrainingOverlap, who: str, proof: FairnessProof) -> str:
    return f"{number(one.content)} of the {number(proof.rows)} test rows equal a training row of {who}"


def _columns(one: TrainingOverlap) -> str:
    return f"{counted(one.columns, 'column')} {'knows' if one.columns == 1 else 'know'}"


def _older(one: TrainingOverlap, who: str, proof: FairnessProof) -> str:
    newest = f", of {prose(one.newest)}" if one.newest else ""
    return (
        f"{number(one.older)} of the {number(proof.rows)} test rows are older than the newest training row of "
        f"{who}{newest}: it may know what came after them, so the numbers may flatter. Split by time."
    )


def _worn_out(proof: FairnessProof) -> list[str]:
    if not proof.worn_out or proof.merges is None or proof.merges < proof.worn_out:
        return []
    least = "at least " if proof.at_least else ""
    told = (
        f"These test rows are worn out: they have decided {least}{counted(proof.merges, 'merge')} "
        f"({name('data.test.worn_out')} is {number(proof.worn_out)}). A model that is worse by just the tolerated margin passes "
        "one decision in 40 by luck, and what is chosen by the same rows again and again comes to fit them. Pin new test rows."
    )
    return [told]
