"""Whether a passport that is asked for can ever be shown."""

from collections.abc import Iterator

from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding, close


def check_passport(draft: Draft) -> Iterator[Finding]:
    registry = draft.registry
    if registry is None or registry.passport is None:
        return
    place = ("registry", "passport")
    if not registry.passport.keys:
        yield Finding(
            loc=(*place, "keys"),
            what="no key is named, so no signature would ever be taken",
            mend="Name the public key: `keys: [keys/release.pub.pem]`; or remove `passport`.",
        )
    for number, stage in enumerate(registry.passport.required):
        if stage == registry.stages[0]:
            yield Finding(
                loc=(*place, "required", number),
                what=f"`{stage}` is the first stage, which a merge takes before anybody can sign",
                mend="Ask for it at a stage that `promote` leads to.",
            )
        elif stage not in registry.stages:
            guess = close(stage, registry.stages)
            yield Finding(
                loc=(*place, "required", number),
                what=f"`{stage}` is no stage of the registry",
                mend=f"Did you mean `{guess}`?" if guess else f"Write one of: {', '.join(registry.stages)}.",
            )
