"""
Pictures of a comment, as attachments of the pull request. The service takes a name once only, and keeps a file for good:
so a name is made of what is drawn, and whoever has attached it before us and is not us keeps it.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from ci_mlops.platforms.azure.client import Client, author_of, told
from ci_mlops.platforms.azure.failures import Answered, Failed, Missing
from ci_mlops.platforms.azure.place import Place
from ci_mlops.platforms.azure.seen import Attached
from ci_mlops.platforms.azure.transport import pause_before_repeating
from ci_mlops.platforms.patience import Patience, create_once
from ci_mlops.records import Picture, Publication
from ci_mlops.report.image import filled, shown

MOST_NAMES = 5
TAKEN = (400, 409)
"""What a name that is taken may be answered with; no description of the API says which."""


class Pictures:
    """Of one pull request. Every call but the last raises Failed."""

    def __init__(self, client: Client, place: Place, number: int, patience: Patience) -> None:
        self._client = client
        self._place = place
        self._number = number
        self._patience = patience
        self._addresses: dict[str, str] = {}

    def attach(self, publication: Publication) -> None:
        """
        Those that the comment has a place for, one after the other; the first that can't be ends it.

        Raises:
            Failed: also for one that was drawn neither here nor before, with its own words.
        """
        places = shown(publication.comment)
        for picture in publication.pictures:
            if picture.name in places:
                name = self._attach(picture)
                self._addresses[picture.name] = self._place.attachment_url(self._number, name)

    def shown_in(self, comment: str) -> str:
        """With those that were attached."""
        return filled(comment, self._addresses)

    def _attach(self, picture: Picture) -> str:
        for name in _names(picture.name):
            attached = self._find(name)
            if attached is None:
                if picture.lacking:
                    raise Missing(picture.lacking)
                attached = self._create(name, picture.data)
            if attached.made or self._client.is_me(attached.author):
                return name
        raise Missing("somebody else has attached files of its name")

    def _find(self, name: str) -> Attached | None:
        found = told(self._client.of_pull_request("get_attachments", self._number))
        return next((_attached(one) for one in found if one.display_name == name), None)

    def _create(self, name: str, data: bytes) -> Attached:
        def create() -> Attached:
            file = BytesIO(data)
            made = self._client.of_pull_request(
                "create_attachment", self._number, upload_stream=file, file_name=name
            )
            attached = _attached(told(made))
            # an answer that names no file is some proxy's
            return replace(attached, made=attached.name == name)

        return create_once(
            create,
            lambda: self._find(name),
            attempts=self._patience.attempts,
            failures=(Failed,),
            pause=self._pause,
        )

    def _pause(self, failure: Exception, attempt: int) -> float | None:
        # another run may have been quicker: looked for once, and told where it is not so
        if isinstance(failure, Answered) and failure.status in TAKEN and not attempt:
            return 0.0
        return pause_before_repeating(failure, attempt, self._patience)


def _attached(seen: object) -> Attached:
    return Attached(
        name=str(getattr(seen, "display_name", None) or ""), author=author_of(getattr(seen, "author", None))
    )


def _names(name: str) -> Iterator[str]:
    stem, dot, ending = name.rpartition(".")
    yield name
    for again in range(2, MOST_NAMES + 1):
        yield f"{stem}-{again}{dot}{ending}"
