"""The variables of one job: names in any case, `$(macros)`, secrets, and what may not be written twice."""

import re
from collections.abc import Mapping

MACRO = re.compile(r"\$\(([A-Za-z_][\w.]*)\)")
SYSTEM = ("agent.", "build.", "system.", "pipeline.")


class Variables:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values: dict[str, tuple[str, str]] = {}
        self._fixed: set[str] = set()
        self.secrets: set[str] = set()
        self.unresolved: list[str] = []
        for name, value in values.items():
            self.set(name, value)

    def set(self, name: str, value: str, *, secret: bool = False, fixed: bool = False) -> None:
        self._values[name.lower()] = (name, value)
        if secret:
            self.secrets.add(name.lower())
        if fixed:
            self._fixed.add(name.lower())

    def is_fixed(self, name: str) -> bool:
        return name.lower() in self._fixed or name.lower().startswith(SYSTEM)

    def expand(self, text: str) -> str:
        """Macros filled in, once; one that names nothing stays as it is, and a shell would run it."""

        def put(hit: re.Match[str]) -> str:
            if hit[1].lower() not in self._values:
                self.unresolved.append(hit[0])
                return hit[0]
            return self._values[hit[1].lower()][1]

        return MACRO.sub(put, text)

    def named(self) -> dict[str, str]:
        return dict(self._values.values())

    def environment(self) -> dict[str, str]:
        """Every variable but the secrets, as steps see them."""
        return {
            re.sub(r"[ .]", "_", name).upper(): value
            for folded, (name, value) in self._values.items()
            if folded not in self.secrets
        }

    def secret_values(self) -> list[str]:
        return [self._values[name][1] for name in self.secrets if name in self._values]
