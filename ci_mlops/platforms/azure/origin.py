"""Where in Azure DevOps a clone comes from, as its remote address tells."""

import re
from urllib.parse import unquote

from ci_mlops.platforms.azure.place import AZURE_REPOS, Place

PART = r"[^/?#\s]+"
SSH = re.compile(rf"(?:ssh://)?[\w.-]+@ssh\.dev\.azure\.com[:/]v3/({PART})/({PART})/({PART})/?")
WEB = re.compile(rf"(https?)://(?:[^/@\s]+@)?({PART}(?:/{PART})*?)/_git/({PART})/?")


def place_of_origin(address: str) -> Place | None:
    """`https://dev.azure.com/acme/Credit%20Risk/_git/credit`, its ssh form, or one on a server of one's own."""
    if ssh := SSH.fullmatch(address):
        organisation, project, name = map(unquote, ssh.groups())
        return _place(f"https://dev.azure.com/{organisation}/", project, name)
    web = WEB.fullmatch(address)
    if web is None:
        return None
    scheme, path, name = web.groups()
    collection, _, project = path.rpartition("/")
    if "/" not in collection and not collection.lower().endswith(".visualstudio.com"):
        # the project's own repository has the project's name, and leaves it out
        collection, project = path, name
    return _place(f"{scheme}://{collection}/", unquote(project), unquote(name))


def _place(collection: str, project: str, name: str) -> Place:
    return Place(
        collection=collection,
        project=project,
        repository_id=name,
        repository_name=name,
        provider=AZURE_REPOS,
        pipeline="",
    )
