"""Everything that can be found, in the order in which one thing leads to the next."""

import re
from pathlib import PurePosixPath

from ci_mlops.survey.chain import MOST_READ, Chain, chain_of
from ci_mlops.survey.choice import SERVED, Candidate, candidates
from ci_mlops.survey.commands import commands
from ci_mlops.survey.data_guess import Rowset, guess_data
from ci_mlops.survey.environment import environment_of, python_of
from ci_mlops.survey.facts import Facts, facts_of
from ci_mlops.survey.guess import TOLD, Findings, Guess, Notice, Survey, Told
from ci_mlops.survey.model_source import prebuilt, source_of
from ci_mlops.survey.modules import Program
from ci_mlops.survey.policy_guess import guess_policy
from ci_mlops.survey.preparation import prepared_before, prepared_outside
from ci_mlops.survey.sources import Look
from ci_mlops.survey.stages import stages
from ci_mlops.survey.tree import Tree
from ci_mlops.survey.values import dotted_name


def survey(tree: Tree, told: Told, look: Look) -> Survey:
    """
    Args:
        tree: The repository.
        told: What the person said; it is not guessed again.
        look: Reads a data file's first rows.
    """
    found = Findings()
    program = Program(tree)
    found.add(_name(tree, told))
    chosen = _chosen(tree, program, told, found)
    chain = _chain(tree, program, chosen, told, found) if chosen else None
    readers = () if chain else _readers(tree, program)
    rows = guess_data(tree, chain, readers, told, look, found)
    _model_source(tree, chain, told, rows, found)
    _environment(tree, chosen, told, found)
    if rows is not None:
        guess_policy(rows, chain.scripts if chain else readers, told, found)
    return Survey(guesses=found.guesses, missing=tuple(found.missing), notices=tuple(found.notices))


def _name(tree: Tree, told: Told) -> Guess:
    if told.name is not None:
        return Guess(subject="name", value=told.name, why=TOLD)
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", tree.root.resolve().name).strip("-.") or "model"
    return Guess(subject="name", value=name[:64].strip("-."), why="the folder's name")


def _chosen(tree: Tree, program: Program, told: Told, found: Findings) -> Candidate | None:
    seen = commands(tree)
    if told.script is not None:
        path = PurePosixPath(told.script).as_posix()
        module = program.modules.get(path)
        if module is None:
            what = f"`{told.script}` is no Python script that can be read"
            found.lacks("script", what, "`--script FILE`, relative to this folder")
            return None
        facts = facts_of(tree, program, module)
        found.add(Guess(subject="script", value=path, why=TOLD))
        ranked = [one for one in candidates(tree, program, seen) if one.path == path]
        return ranked[0] if ranked else Candidate(facts=facts, score=0, witnesses=())
    ranked = candidates(tree, program, seen)
    if not ranked:
        return None
    first = ranked[0]
    close = [one.path for one in ranked[:6] if first.score - one.score < SERVED]
    why = "it fits " + (f"`{first.facts.models[0].name}`" if first.facts.models else "a model")
    if len(close) > 1:
        why += f"; so does {', '.join(close[1:])}"
    where = first.facts.models[0].where if first.facts.models else first.facts.fits[0]
    found.add(
        Guess(
            subject="script",
            value=first.path,
            why=why,
            where=where,
            sure=len(close) == 1,
            options=tuple(close),
        )
    )
    return first


def _readers(tree: Tree, program: Program) -> tuple[Facts, ...]:
    """Scripts that read tables of the repository, where none trains."""
    every = (facts_of(tree, program, module) for module in list(program.modules.values())[:MOST_READ])
    return tuple(facts for facts in every if any(tree.holds(one.path) for one in facts.reads))


def _chain(tree: Tree, program: Program, chosen: Candidate, told: Told, found: Findings) -> Chain:
    chain = chain_of(tree, program, chosen, stages(tree), run=told.run, data=told.data)
    start = chain.start
    if start.untold:
        what = f"{chosen.path} must be told {', '.join(f'`{one}`' for one in start.untold)}, and nothing says what"
        found.lacks("run", what, f'`--run "{start.line} {start.untold[0]} ..."`')
    found.add(Guess(subject="run", value=start.line, why=start.why, where=start.where, sure=start.sure))
    for facts in chain.scripts:
        shell = next((call for call, _ in facts.calls if "get_ipython" in dotted_name(call.func)), None)
        if shell is not None:
            text = "The script calls `get_ipython()`, which plain Python does not have: remove the notebook's magic lines."
            found.notices.append(Notice(text=text, where=facts.module.where(shell)))
        for path in facts.for_windows[:1]:
            text = f"Only Windows finds `{path.name}`: write it with `/`, which Windows reads as well."
            found.notices.append(Notice(text=text, where=path.where))
    return chain


def _model_source(tree: Tree, chain: Chain | None, told: Told, rows: Rowset | None, found: Findings) -> None:
    if told.model_source is not None:
        kind, _, value = told.model_source.partition(":")
        spoken = {kind: value} if value else kind
        found.add(Guess(subject="model-source", value=spoken, why=TOLD))
    elif chain is not None:
        outside = before = None
        if rows is not None:
            target = str(rows.target.guess.value)
            outside = prepared_outside(chain.scripts[-1], rows.table, target)
            before = prepared_before(chain.scripts, rows.table, target)
        guess, notices = source_of(chain.scripts[-1], apart=rows.apart if rows else False, outside=outside)
        found.add(guess)
        found.notices += [*notices, *([before] if before else [])]
    else:
        guess_of_file = prebuilt(tree)
        if guess_of_file is not None:
            found.add(guess_of_file)
            return
        notebooks = [path for path in tree.files if path.endswith(".ipynb")]
        if notebooks:
            mend = f"`jupyter nbconvert --to script {notebooks[0]}`, commit the script, and start again"
            found.lacks("script", f"there is no training script, only notebooks as {notebooks[0]}", mend)
        else:
            what = "no script that fits a model, and no model file"
            found.lacks("script", what, "`--script FILE`, and `--run COMMAND` if it needs arguments")


def _environment(tree: Tree, chosen: Candidate | None, told: Told, found: Findings) -> None:
    if told.environment is not None:
        found.add(Guess(subject="environment", value=told.environment, why=TOLD))
    else:
        guess, notices = environment_of(tree, chosen.path if chosen else "")
        found.add(guess)
        found.notices += notices
    if told.python is not None:
        found.add(Guess(subject="python", value=told.python, why=TOLD))
    else:
        found.add(python_of(tree))
