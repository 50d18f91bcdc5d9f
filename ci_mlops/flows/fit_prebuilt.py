"""`train.model: {uri: ...}`: nothing is trained; the model is fetched from where it is."""

from pathlib import Path

from ci_mlops.endpoints.scoring import describe
from ci_mlops.errors import BadConfig, RegistryFailed, TrainingFailed
from ci_mlops.flows.checkout import Checkout, training_of
from ci_mlops.flows.endpoints import ask_it, is_endpoint, write_identity
from ci_mlops.flows.fitted import Fitted
from ci_mlops.flows.named_requirements import differing_requirements
from ci_mlops.flows.open_registry import open_registry
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records import Finding

_MAY_CHANGE = (
    "The {role} is what {uri} serves: that may change after this verdict, and nobody here has its files."
)
_POINTER = b"version https://git-lfs.github.com/spec/"


def fit(tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path) -> Fitted:
    """
    Raises:
        TrainingFailed: there is no model at that address.
        RegistryFailed: the registry refuses, or has no such version.
    """
    uri = training_of(checkout).model.uri
    assert uri is not None  # noqa: S101 - `fitting` looked at the kind
    tools.say(f"{checkout.role}: the prebuilt model at {uri}")
    if is_endpoint(uri):
        asking = ask_it(uri, checkout.trusted_hosts, checkout.config.where("train", "model", "uri"))
        return Fitted(
            finished=None,
            model=write_identity(uri, describe(asking), private / "endpoint"),
            notices=(_MAY_CHANGE.format(role=checkout.role, uri=uri),),
        )
    if uri.startswith("models:/"):
        place = _registered(tools, checkout, uri, private / "registered")
    else:
        place = _beside(checkout, uri)
    return Fitted(finished=None, model=place, findings=_findings(place, environment, checkout))


def _beside(checkout: Checkout, uri: str) -> Path:
    place = checkout.folder / uri
    where = checkout.config.where("train", "model", "uri")
    if not place.exists():
        raise TrainingFailed(
            f"The {checkout.role}: there is no {uri}",
            where=where,
            mend="The path is relative to the config's folder. Is the file in git, or fetched by an earlier step?",
        )
    if place.is_file():
        with place.open("rb") as file:
            if file.read(len(_POINTER)) == _POINTER:
                raise TrainingFailed(
                    f"The {checkout.role}: {uri} is a Git LFS pointer, not the model",
                    where=where,
                    mend="`git lfs pull`; in GitHub Actions `lfs: true` for actions/checkout.",
                )
    return place


def _registered(tools: Tools, checkout: Checkout, uri: str, into: Path) -> Path:
    # base's registry, whose login is ours: a change could name any server
    policy = checkout.policy or checkout.config
    name, _, number = uri.removeprefix("models:/").partition("/")
    if policy.registry is None:
        raise BadConfig(
            f"{uri} is in a registry, and the base branch's config names none",
            where=checkout.config.where("train", "model", "uri"),
            mend='Add `registry: {uri: "https://mlflow.example"}`, in a change that is merged first. The change that adds '
            "ci-mlops.yml itself is judged by `ci-mlops validate` on a laptop, and merged by whoever may merge past the gate: "
            "a registry that it alone names is not asked before.",
        )
    registry = open_registry(tools, policy, checkout.folder)
    found = next((one for one in registry.versions(name) if one.number == number), None)
    if found is None:
        raise RegistryFailed(
            f"The registry has no version {number} of {name}",
            where=f"{policy.registry.uri}; {checkout.config.where('train', 'model', 'uri')}",
            mend="Look at the name and the number.",
        )
    return registry.fetch(found, into) if found.digest else registry.download(found, into)


def _findings(place: Path, environment: Environment, checkout: Checkout) -> tuple[Finding, ...]:
    """What an MLflow folder asks for and the environment has otherwise; loading it may still work."""
    if not (place / "MLmodel").is_file():
        return ()
    other = differing_requirements(place / "requirements.txt", environment.packages())
    if not other:
        return ()
    return (
        Finding(code="own_environment", role=checkout.role, names=other, count=len(other), detail="differs"),
    )
