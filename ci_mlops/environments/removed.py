"""Names that a library had and has no more: a script that uses them needs an upper bound, or another name. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ci_mlops.environments.problems import Problem
from ci_mlops.environments.requirement_lines import Requirement
from ci_mlops.environments.scripts import Use
from ci_mlops.records import ResolvedEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    name: str
    package: str
    since: str
    """The first version without it."""
    instead: str


def _gone(package: str, since: str, *pairs: tuple[str, str]) -> tuple[Removed, ...]:
    return tuple(Removed(name=name, package=package, since=since, instead=instead) for name, instead in pairs)


REMOVED = (
    *_gone(
        "scikit-learn",
        "0.20",
        ("sklearn.cross_validation", "sklearn.model_selection"),
        ("sklearn.grid_search", "sklearn.model_selection"),
        ("sklearn.learning_curve", "sklearn.model_selection"),
        ("sklearn.lda", "sklearn.discriminant_analysis"),
        ("sklearn.qda", "sklearn.discriminant_analysis"),
    ),
    *_gone("scikit-learn", "0.22", ("sklearn.preprocessing.Imputer", "sklearn.impute.SimpleImputer")),
    *_gone(
        "scikit-learn",
        "0.23",
        ("sklearn.externals.joblib", "import joblib"),
        ("sklearn.externals.six", "import six"),
        ("sklearn.datasets.fetch_mldata", "sklearn.datasets.fetch_openml"),
    ),
    *_gone(
        "scikit-learn",
        "0.24",
        ("sklearn.metrics.jaccard_similarity_score", "sklearn.metrics.jaccard_score"),
        ("sklearn.ensemble.forest", "sklearn.ensemble"),
        ("sklearn.ensemble.gradient_boosting", "sklearn.ensemble"),
        ("sklearn.linear_model.logistic", "sklearn.linear_model"),
        ("sklearn.neighbors.classification", "sklearn.neighbors"),
        ("sklearn.tree.tree", "sklearn.tree"),
        ("sklearn.utils.testing", "numpy.testing"),
    ),
    *_gone(
        "scikit-learn",
        "1.2",
        ("sklearn.datasets.load_boston", "sklearn.datasets.fetch_california_housing"),
        ("sklearn.metrics.plot_confusion_matrix", "sklearn.metrics.ConfusionMatrixDisplay.from_estimator"),
        ("sklearn.metrics.plot_roc_curve", "sklearn.metrics.RocCurveDisplay.from_estimator"),
        (
            "sklearn.metrics.plot_precision_recall_curve",
            "sklearn.metrics.PrecisionRecallDisplay.from_estimator",
        ),
        ("sklearn.utils.mixture", "sklearn.mixture"),
    ),
    *_gone("scikit-learn", "1.3", ("sklearn.inspection.plot_partial_dependence", "PartialDependenceDisplay")),
    *_gone(
        "numpy",
        "1.24",
        ("numpy.float", "float"),
        ("numpy.int", "int"),
        ("numpy.bool", "bool"),
        ("numpy.object", "object"),
        ("numpy.str", "str"),
        ("numpy.complex", "complex"),
        ("numpy.long", "int"),
        ("numpy.typeDict", "numpy.sctypeDict"),
    ),
    *_gone(
        "numpy",
        "2.0",
        ("numpy.float_", "numpy.float64"),
        ("numpy.NaN", "numpy.nan"),
        ("numpy.NAN", "numpy.nan"),
        ("numpy.Inf", "numpy.inf"),
        ("numpy.infty", "numpy.inf"),
        ("numpy.unicode_", "numpy.str_"),
        ("numpy.product", "numpy.prod"),
        ("numpy.cumproduct", "numpy.cumprod"),
        ("numpy.alltrue", "numpy.all"),
        ("numpy.sometrue", "numpy.any"),
        ("numpy.round_", "numpy.round"),
        ("numpy.asfarray", "numpy.asarray"),
        ("numpy.in1d", "numpy.isin"),
    ),
    *_gone("numpy", "2.4", ("numpy.trapz", "numpy.trapezoid")),
    *_gone(
        "pandas",
        "1.0",
        ("pandas.Panel", "a MultiIndex"),
        ("pandas.tools.plotting", "pandas.plotting"),
        ("pandas.scatter_matrix", "pandas.plotting.scatter_matrix"),
        ("pandas.io.json.json_normalize", "pandas.json_normalize"),
    ),
    *_gone(
        "pandas",
        "2.0",
        ("pandas.DataFrame.append", "pandas.concat"),
        ("pandas.Series.append", "pandas.concat"),
        ("pandas.Int64Index", "pandas.Index"),
        ("pandas.Float64Index", "pandas.Index"),
    ),
    *_gone(
        "scipy",
        "1.3",
        ("scipy.misc.imread", "imageio"),
        ("scipy.misc.imresize", "Pillow"),
        ("scipy.misc.comb", "scipy.special.comb"),
        ("scipy.misc.factorial", "scipy.special.factorial"),
    ),
    *_gone(
        "scipy",
        "1.14",
        ("scipy.integrate.trapz", "scipy.integrate.trapezoid"),
        ("scipy.integrate.cumtrapz", "scipy.integrate.cumulative_trapezoid"),
        ("scipy.integrate.simps", "scipy.integrate.simpson"),
    ),
    *_gone("tensorflow", "2.0", ("tensorflow.contrib", "tf_keras or tensorflow_addons")),
    *_gone("tensorflow", "2.0", ("tensorflow.placeholder", "tensorflow.compat.v1.placeholder")),
    *_gone("tensorflow", "2.0", ("tensorflow.Session", "tensorflow.compat.v1.Session")),
    *_gone("matplotlib", "3.9", ("matplotlib.cm.get_cmap", "matplotlib.colormaps")),
    *_gone("seaborn", "0.14", ("seaborn.distplot", "seaborn.histplot")),
)
# numpy gave these names back with another meaning
_BACK = {"numpy.bool": "2.0", "numpy.long": "2.0"}


def removed_names(
    uses: Iterable[Use], resolved: ResolvedEnvironment, requirements: Iterable[Requirement]
) -> list[tuple[Use, Removed, Problem]]:
    """Each name once, at its first use; a certain use goes before one that may never be reached."""
    versions = {one.name: one.version for one in resolved.packages}
    known = tuple(requirements)
    found: dict[str, tuple[Use, Removed, Problem]] = {}
    for use in sorted(uses, key=lambda one: not one.is_certain):
        for gone in REMOVED:
            version = versions.get(gone.package)
            if version and gone.name not in found and _is(use.name, gone.name) and _lacks(version, gone):
                found[gone.name] = (use, gone, _problem(use, gone, version, known))
    return list(found.values())


def _is(used: str, gone: str) -> bool:
    return used == gone or used.startswith(f"{gone}.")


def _lacks(version: str, gone: Removed) -> bool:
    back = _BACK.get(gone.name)
    here = _release(version)
    return here >= _release(gone.since) and not (back and here >= _release(back))


def _release(version: str) -> tuple[int, ...]:
    """
    As far as it is numbers.

    >>> _release("1.2.0rc1") < _release("1.10")
    True
    """
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _problem(use: Use, gone: Removed, version: str, known: tuple[Requirement, ...]) -> Problem:
    one = next((line for line in known if line.name == gone.package), None)
    bound = f"`{gone.package}<{gone.since}`"
    place = f" in {one.where}" if one else ""
    return Problem(
        kind="removed_name",
        what=f"`{gone.name}` is used, and {gone.package} has it no more since {gone.since}; {version} is what would be installed",
        where=", ".join(filter(None, (use.where, one.where if one else ""))),
        mend=f"Use `{gone.instead}`; or `ci-mlops doctor --fix`, which looks for a set of versions of the script's own time; or "
        f"write {bound}{place}, with a `python` of that time in ci-mlops.yml, then `ci-mlops pin`.",
    )
