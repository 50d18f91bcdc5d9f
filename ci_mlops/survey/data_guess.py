"""The data files and the target that stands in them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ci_mlops.survey.facts import Facts
from ci_mlops.survey.guess import TOLD, Findings, Guess, Notice, Told
from ci_mlops.survey.sources import Found, Look, found_data, siblings, unreadable
from ci_mlops.survey.splits import Split
from ci_mlops.survey.tables import Table, usable
from ci_mlops.survey.target import Target, target_of

if TYPE_CHECKING:
    from ci_mlops.survey.chain import Chain
    from ci_mlops.survey.tree import Tree

UNKNOWN_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rowset:
    """The rows that the models are compared on."""

    table: Table
    target: Target
    apart: bool
    """A file of its own; else what the script holds out of its one file."""
    share: float = 1.0
    """Of the table's rows that neither model is trained on."""

    @property
    def rows(self) -> int:
        return int(self.table.rows * self.share)


def guess_data(
    tree: Tree, chain: Chain | None, readers: Sequence[Facts], told: Told, look: Look, found: Findings
) -> Rowset | None:
    """
    Args:
        tree: The repository.
        chain: What is run to train; None for a prebuilt model.
        readers: Other scripts that read data: how a prebuilt model is used.
        told: What the person said.
        look: Reads a data file's first rows.
        found: Is filled.
    """
    scripts = chain.scripts if chain else tuple(readers)
    seen = found_data(tree, scripts, chain.made if chain else ())
    train = _train(tree, seen, scripts, told, look, found)
    if not train:
        return None
    tables = _tables(tree, look, train, found)
    chosen = _target(tables, scripts, told, found) if tables else None
    if chosen is None:
        return None
    table, target = chosen
    test, why, where = _test(tree, seen, target, told, look, found)
    if chain is None:
        # a prebuilt model is not trained here: whatever rows there are, it is compared on
        _unlisted(found)
        found.add(
            Guess(
                subject="test", value=table.path, why="the rows that lie in the repository", where=table.path
            )
        )
        for facts in readers:
            text = f"{facts.module.path} shows how rows come to this model: if not as they stand in the file, write a `predict` command."
            found.notices.append(Notice(text=text))
        return Rowset(table=table, target=target, apart=True)
    _kept(tree, train, found)
    if test is not None:
        found.add(Guess(subject="test", value=test.path, why=why, where=where))
        return Rowset(table=test, target=target, apart=True)
    split = _held_out(scripts, table.path, told, found)
    _steering(scripts, found)
    why = "the same file: the comparison takes the rows that neither model was trained on"
    found.add(
        Guess(subject="test", value=_pattern(train, table), why=why, where=split.where if split else "")
    )
    return Rowset(table=table, target=target, apart=False, share=share_of(split, table.rows))


def _tables(tree: Tree, look: Look, train: list[str], found: Findings) -> list[Table]:
    tables = [table for path in train if (table := _looked(tree, look, path)) is not None]
    if not tables:
        found.lacks("data", f"{train[0]} can't be read as a table", "`--data FILE`: CSV (UTF-8) or Parquet")
    for table in tables:
        if table.is_headless:
            what = (
                f"{table.path} has no header: its first line holds numbers, so no column of it can be named"
            )
            mend = (
                "`--data FILE`: one table with a first line of names and the target as one of its columns, which the script then "
                "reads (`pandas.read_csv`, or `skip_header=1`)"
            )
            found.lacks("data", what, mend)
            return []
    return tables


def share_of(split: Split | None, rows: int) -> float:
    """Rows that neither of two trainings saw; without a seed each holds out other ones."""
    if split is None:
        return UNKNOWN_SHARE
    share = split.share
    if share is None:
        share = min(split.rows / rows, 0.5) if split.rows and rows else UNKNOWN_SHARE
    return share if split.seeded else share * share


def _train(
    tree: Tree, seen: Found, scripts: Sequence[Facts], told: Told, look: Look, found: Findings
) -> list[str]:
    if told.data is not None:
        found.add(Guess(subject="data", value=(told.data,), why=TOLD))
        return [told.data]
    paths = [one.path for one in seen.train]
    if not paths:
        found.lacks("data", _no_data(seen, scripts), "`--data FILE`: CSV or Parquet, inside this folder")
        return []
    where = seen.train[0].where
    why = "the script reads it" if where not in tree.files else "the tables that lie there"
    found.add(
        Guess(
            subject="data", value=tuple(paths), why=why, where=where if where != paths[0] else "",
            sure=seen.sure, options=tuple(paths) if not seen.sure else (),
        )
    )  # fmt: skip
    return paths


def _no_data(seen: Found, scripts: Sequence[Facts]) -> str:
    for facts in scripts:
        if odd := unreadable(facts):
            return f"the data is {odd.path} ({odd.where}), and only CSV and Parquet can be pinned and read"
    if seen.absent:
        one = seen.absent[0]
        return f"the script reads {one.path} ({one.where}), which is not in the repository"
    loaders = sorted(name for facts in scripts for name in facts.used if name.startswith(("load_", "fetch_")))
    library = {
        name
        for facts in scripts
        for name, dotted in facts.module.imports.items()
        if "sklearn.datasets" in dotted
    }
    ours = [name for name in loaders if name in library]
    if ours:
        return f"the script takes its data from scikit-learn (`{ours[0]}`), not from a file"
    return "no data file that the training reads"


def _target(
    tables: list[Table], scripts: Sequence[Facts], told: Told, found: Findings
) -> tuple[Table, Target] | None:
    if told.target is not None:
        for table in tables:
            if table.column(told.target) is not None and usable(told.target):
                guess = Guess(subject="target", value=told.target, why=TOLD)
                found.add(guess)
                seen = _seen(table, scripts)
                same = seen is not None and seen.guess.value == told.target
                return table, seen if seen is not None and same else Target(guess=guess)
        known = any(table.column(told.target) is not None for table in tables)
        what = f"{tables[0].path} has no column `{told.target}`"
        if known:
            what = f"a column called `{told.target}` can't be named in a config: rename it"
        found.lacks("target", what, f"`--target`, one of: {_listed(tables[0])}")
        return None
    named = [(table, target) for table in tables if (target := _seen(table, scripts)) is not None]
    if not named:
        what = f"nothing says which column of {tables[0].path} is predicted"
        found.lacks("target", what, f"`--target`, one of: {_listed(tables[0])}")
        return None
    best = next((one for one in named if one[1].guess.sure), named[0])
    found.add(best[1].guess)
    return best


def _seen(table: Table, scripts: Sequence[Facts]) -> Target | None:
    found = [target for facts in reversed(scripts) if (target := target_of(table, facts)) is not None]
    found += [target] if (target := target_of(table, None)) is not None else []
    return next((target for target in found if target.guess.sure), found[0] if found else None)


def _test(
    tree: Tree, seen: Found, target: Target, told: Told, look: Look, found: Findings
) -> tuple[Table | None, str, str]:
    if told.test is not None:
        trained = [told.data] if told.data else [one.path for one in seen.train]
        if told.test in trained:
            return None, "", ""
        table = _looked(tree, look, told.test)
        if table is None:
            found.lacks(
                "test", f"{told.test} can't be read as a table", "`--test FILE`: CSV (UTF-8) or Parquet"
            )
        return table, TOLD, ""
    beside = siblings(tree, seen.train)
    for one in {one.path: one for one in (*beside, *seen.test)}.values():
        table = _looked(tree, look, one.path)
        column = table.column(str(target.guess.value)) if table else None
        if table is not None and column is not None and column.filled:
            return table, "rows of their own, with the target in them", one.where
        if table is not None:
            text = f"{one.path} holds no target `{target.guess.value}`: nothing can be judged on it."
            found.notices.append(Notice(text=text, where=one.where))
    return None, "", ""


def _held_out(scripts: Sequence[Facts], path: str, told: Told, found: Findings) -> Split | None:
    splits: list[Split] = [split for facts in scripts for split in facts.splits]
    held = [
        split
        for split in splits
        if split.share is not None or split.rows is not None or split.by == "slicing"
    ]
    if not held:
        text = (
            f"No split was found: if the script trains on every row of {path}, no row is left to compare on."
        )
        if told.test is None:
            text += " Name a file of test rows with `--test FILE`."
        found.notices.append(Notice(text=text, where=splits[0].where if splits else ""))
        return splits[0] if splits else None
    first = held[0]
    if not first.seeded:
        text = "The split has no seed (`random_state`): few rows are unseen by both models, and other ones each time."
        found.notices.append(Notice(text=text, where=first.where))
        return first
    shuffled = [one for one in splits if one.by == "sample" and one not in held and not one.seeded]
    if shuffled and first.by != "slicing":
        text = "The rows are shuffled without a seed (`random_state`) before they are split: few are unseen by both models, and other "
        text += "ones each time."
        found.notices.append(Notice(text=text, where=shuffled[0].where))
        return replace(first, seeded=False)
    return first


def _steering(scripts: Sequence[Facts], found: Findings) -> None:
    """What makes rows seen that a split holds out."""
    for facts in scripts:
        for call, place in facts.calls:
            if any(word.arg == "eval_set" for word in call.keywords):
                text = "Rows given as `eval_set` steer the training, so they count as seen; if those are all that is held out, "
                text += "no row is left to compare on, and `--test FILE` has to name rows of their own."
                found.notices.append(Notice(text=text, where=place.module.where(call)))
                return
        for module in facts.values.modules:
            for node in module.nodes:
                if (
                    isinstance(node, ast.For)
                    and any(
                        isinstance(part, ast.Attribute) and part.attr == "split"
                        for part in ast.walk(node.iter)
                    )
                    and any(isinstance(part, ast.Attribute) and part.attr == "fit" for part in ast.walk(node))
                ):
                    text = "A model is trained for each fold, and each row is trained on by some of them: say which model ships."
                    found.notices.append(Notice(text=text, where=module.where(node)))
                    return


def _looked(tree: Tree, look: Look, path: str) -> Table | None:
    if "*" in path:
        first = next((one for one in tree.tables if PurePosixPath(one).match(path)), None)
        return look(first) if first else None
    return look(path)


def _pattern(train: list[str], table: Table) -> str:
    return next((path for path in train if "*" in path and PurePosixPath(table.path).match(path)), table.path)


def _kept(tree: Tree, train: list[str], found: Findings) -> None:
    gone = [path for path in train if tree.holds(path) and not tree.keeps(path)]
    if gone:
        text = f"{gone[0]} is not kept by git: the CI has to fetch it before the gate runs (`dvc pull`, a download)."
        found.notices.append(Notice(text=text))


def _unlisted(found: Findings) -> None:
    found.guesses.pop("data", None)


def _listed(table: Table) -> str:
    return ", ".join(table.names[:30]) + (", ..." if len(table.names) > 30 else "")
