"""A version's passport under act, by its template: signed by a secret key, attested without one, and asked for."""

import json
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ci_mlops.flows.passport_check import PASSPORT
from ci_mlops.ladder.passport import PAYLOAD, PREDICATE
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.signing.dsse import Opened, unseal
from ci_mlops.signing.keys import read_public
from tests.e2e.conftest import ROOT
from tests.e2e.team import BETTER, CONFIG, train_on

pytestmark = pytest.mark.e2e
TEMPLATES = ROOT / "templates" / "github"


def test_production_asks_for_a_passport_which_its_workflow_signs_and_attests(
    act, fake, team, mlflow_server, tmp_path
):
    name, key = f"credit-{uuid4().hex[:8]}", Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    asked = "{keys: [keys/release.pub.pem], required: [production]}"
    named = CONFIG.replace("model: credit", f"model: {name}")
    config = f"{named}registry: {{uri: '{mlflow_server}', passport: {asked}}}\n"
    team.commit({"ci-mlops.yml": config, "keys/release.pub.pem": public})
    registry = MlflowRegistry(mlflow_server, ("staging", "production"))
    merged = team.merge(train_on(BETTER))
    pushed = act(merged, "push")

    def dispatched(template, flags=(), **inputs):
        payload = {"inputs": inputs, "repository": {"default_branch": "main"}}
        return act(merged, "workflow_dispatch", workflow=TEMPLATES / template, payload=payload, flags=flags)

    refused = dispatched("ci-mlops-promote.yml", stage="production")
    secret = ["--secret", f"CI_MLOPS_SIGNING_KEY={private}", "--var", "CI_MLOPS_ATTEST=true"]
    signed = dispatched("ci-mlops-passport.yml", secret, version="staging")
    promoted = dispatched("ci-mlops-promote.yml", stage="production")

    assert pushed.exit_code == 0, pushed.log
    assert "production asks for a signed passport, and it has none" in refused.log
    assert refused.exit_code != 0
    assert signed.exit_code == 0, signed.log
    assert signed.results == {"sign": "success", "attest": "success"}
    version = registry.pointer(name, "production")
    kept = unseal(PAYLOAD, registry.evidence(version, PASSPORT), [read_public(public.encode(), "")])
    assert isinstance(kept, Opened)
    assert promoted.exit_code == 0, promoted.log
    attested = tmp_path / "store" / "attested"
    predicate = json.loads((attested / "predicate.json").read_text())
    assert (attested / "kind").read_text() == PREDICATE
    assert predicate == json.loads(kept.payload)["predicate"]
    assert not any(line in signed.log for line in private.splitlines()[1:-1])
