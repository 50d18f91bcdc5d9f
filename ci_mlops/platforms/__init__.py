"""Which CI is around us: the change, and what is said to it."""

from collections.abc import Mapping

from ci_mlops.ports import Platform


def detect(environ: Mapping[str, str]) -> Platform:
    """The platform that the environment names, else a laptop."""
    if environ.get("GITHUB_ACTIONS") == "true":
        from ci_mlops.platforms.github import GitHub

        return GitHub(environ)
    if environ.get("TF_BUILD") == "True":
        from ci_mlops.platforms.azure import Azure

        return Azure(environ)
    from ci_mlops.platforms.local import Local

    return Local()
