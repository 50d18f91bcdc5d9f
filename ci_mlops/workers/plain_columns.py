"""
Read a stranger's Parquet file into plain arrays: `python -I plain_columns.py REQUEST.json`.

Runs in an interpreter of ours without a token, and with little room: a file may be made to exhaust or to break its reader.
Request: {file, ids, rows, most_columns, most_labels, longest, memory, seconds, values, answer}. `ids`: a file of ours with
the ids that must stand there, in their order. Answer: {columns: [{name, kind: "number"|"text", labels}]}, with column k in
`values/k.npy` (float64, or int32 places in `labels`, -1 for nothing); or {fault, ...}: facts.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

_BATCH = 65_536


class Fault(Exception):
    def __init__(self, fault: str, **facts: Any) -> None:
        super().__init__(fault)
        self.facts = {"fault": fault, **facts}


def main(request_file: str) -> None:
    asked = json.loads(Path(request_file).read_text(encoding="utf-8"))
    for kind, most in ((resource.RLIMIT_DATA, asked["memory"]), (resource.RLIMIT_CPU, asked["seconds"])):
        resource.setrlimit(kind, (most, most))
    answer: dict[str, Any]
    try:
        answer = {"columns": _read(asked)}
    except Fault as fault:
        answer = fault.facts
    except Exception as error:  # noqa: BLE001 - whatever the reader stumbles over, the file is to blame
        answer = {"fault": "unreadable", "kind": type(error).__name__}
    Path(asked["answer"]).write_text(json.dumps(answer), encoding="utf-8")


def _read(asked: dict[str, Any]) -> list[dict[str, Any]]:
    import numpy as np
    from pyarrow.parquet import ParquetFile

    file = ParquetFile(asked["file"])
    names = list(file.schema_arrow.names)
    if file.metadata.num_rows != asked["rows"]:
        raise Fault("rows", found=int(file.metadata.num_rows))
    if len(names) > asked["most_columns"] or len(set(names)) < len(names) or "id" not in names:
        raise Fault("columns", found=len(names))
    columns = [_Column(name, asked) for name in names if name != "id"]
    ids, row = ParquetFile(asked["ids"]).read().column("id"), 0
    for batch in file.iter_batches(_BATCH):
        given = batch.column("id").cast("string")
        if not given.equals(ids.slice(row, batch.num_rows).combine_chunks()):
            raise Fault("ids")
        row += batch.num_rows
        for column in columns:
            column.take(batch.column(column.name))
    if row != asked["rows"]:
        raise Fault("rows", found=row)
    for number, column in enumerate(columns):
        np.save(Path(asked["values"]) / f"{number}.npy", column.whole(), allow_pickle=False)
    return [{"name": column.name, "kind": column.kind, "labels": list(column.labels)} for column in columns]


class _Column:
    def __init__(self, name: str, asked: dict[str, Any]) -> None:
        self.name = name
        self.kind = ""
        self.labels: dict[str, int] = {}
        self._asked = asked
        self._parts: list[Any] = []

    def take(self, values: Any) -> None:
        import numpy as np
        from pyarrow import types

        kind = values.type
        if types.is_floating(kind) or types.is_integer(kind):
            self._be("number")
            self._parts.append(np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64))
            return
        if not (types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind)):
            raise Fault("type", column=self.name[:80])
        self._be("text")
        coded = values if types.is_dictionary(kind) else values.dictionary_encode()
        places = np.array(
            [self._place(label) for label in coded.dictionary.to_pylist()] + [-1], dtype=np.int32
        )
        nothing = len(places) - 1
        self._parts.append(places[coded.indices.fill_null(nothing).to_numpy(zero_copy_only=False)])

    def whole(self) -> Any:
        import numpy as np

        return np.concatenate(self._parts) if self._parts else np.empty(0)

    def _be(self, kind: str) -> None:
        if self.kind not in ("", kind):
            raise Fault("type", column=self.name[:80])
        self.kind = kind

    def _place(self, label: Any) -> int:
        if not isinstance(label, str) or len(label) > self._asked["longest"]:
            raise Fault("label", column=self.name[:80])
        place = self.labels.setdefault(label, len(self.labels))
        if place >= self._asked["most_labels"]:
            raise Fault("labels", column=self.name[:80])
        return place


if __name__ == "__main__":
    main(sys.argv[1])
