"""One small picture of a verdict, for a comment: how far the candidate is from the champion, and what decisions cost."""

from ci_mlops.report.picture.making import picture_of, pictures_of

__all__ = ["picture_of", "pictures_of"]
