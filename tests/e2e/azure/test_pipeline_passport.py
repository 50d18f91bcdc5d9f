"""A version's passport in the runner of Azure Pipelines, by its template: signed after an approval, and asked for."""

from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ci_mlops.flows.passport_check import PASSPORT
from ci_mlops.ladder.passport import PAYLOAD
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.signing.dsse import Opened, unseal
from ci_mlops.signing.keys import read_public
from tests.e2e.azure.conftest import AZURE
from tests.e2e.team import BETTER, CONFIG, train_on

pytestmark = pytest.mark.e2e


def test_production_asks_for_a_passport_which_is_signed_after_an_approval(pipeline, team, mlflow_server):
    name, key = f"credit-{uuid4().hex[:8]}", generate_private_key(SECP256R1())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    one_line = " ".join(private.split("\n"))
    asked = "{keys: [keys/release.pub.pem], required: [production]}"
    named = CONFIG.replace("model: credit", f"model: {name}")
    config = f"{named}registry: {{uri: '{mlflow_server}', passport: {asked}}}\n"
    team.commit({"ci-mlops.yml": config, "keys/release.pub.pem": public})
    registry = MlflowRegistry(mlflow_server, ("staging", "production"))
    merged = team.merge(train_on(BETTER))

    def by_hand(story, **more):
        approvals = {"production": True, "signing": True}
        return pipeline(
            merged, "Manual", file=AZURE / f"azure-pipelines-{story}.yml", approvals=approvals, **more
        )

    pushed = pipeline(merged, "IndividualCI")
    refused = by_hand("promote")
    signed = by_hand("passport", variables={"CI_MLOPS_SIGNING_KEY": one_line})
    promoted = by_hand("promote")

    assert pushed.result == "Succeeded", pushed.log
    assert refused.exit_code("End with the verdict's exit code") == 1
    assert "production asks for a signed passport, and it has none" in refused.log
    assert (signed.result, signed.asked) == ("Succeeded", ["signing"]), signed.log
    assert promoted.result == "Succeeded", promoted.log
    version = registry.pointer(name, "production")
    assert isinstance(
        unseal(PAYLOAD, registry.evidence(version, PASSPORT), [read_public(public.encode(), "")]), Opened
    )
