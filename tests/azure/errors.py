"""One kind of refusal: what Azure Pipelines would refuse, and what this stand-in for it does not know."""


class PipelineRefused(Exception):
    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(f"{where}: {what}" if where else what)
        self.what = what
        self.where = where
