"""Makes the ONNX files beside it: `python make_onnx.py`, with skl2onnx, scikit-learn and pandas. Tests need none of them."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

HERE = Path(__file__).parent
FRAME = pd.DataFrame(
    {
        "age": [20, 31, 44, 28, 60, 19],
        "debt": [1.0, 5.0, 2.0, 8.0, 9.0, 0.0],
        "home town": ["a", "b", "a", "b", "b", "a"],
    }
)
TRUE = np.array(["no", "yes", "no", "yes", "yes", "no"])


def written(name, model, types, **options):
    fresh = to_onnx(model, initial_types=types, target_opset=15, **options)
    if "columns" in name:
        told = fresh.metadata_props.add()
        told.key, told.value = "columns", '["debt", "age"]'
    (HERE / f"{name}.onnx").write_bytes(fresh.SerializeToString())


numbers = FRAME[["age", "debt"]].to_numpy(dtype="float32")
labelled = LogisticRegression().fit(numbers, TRUE)
one = [("input", FloatTensorType([None, 2]))]
written("tensor", labelled, one, options={"zipmap": False})
written("zipmap", labelled, one)
swapped = LogisticRegression().fit(numbers[:, ::-1], TRUE)
written("columns", swapped, one, options={"zipmap": False})
written("regression", LinearRegression().fit(numbers, FRAME.debt * 2 + 1), one)
sets = np.column_stack([FRAME.age > 30, FRAME.debt > 4, FRAME.age + FRAME.debt > 40]).astype(int)
written(
    "matrix", MultiOutputClassifier(LogisticRegression()).fit(numbers, sets), one, options={"zipmap": False}
)
prepared = make_pipeline(
    make_column_transformer((OneHotEncoder(), ["home town"]), remainder="passthrough"), LogisticRegression()
).fit(FRAME[["home town", "age", "debt"]], TRUE)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    written(
        "mixed",
        prepared,
        [
            ("home town", StringTensorType([None, 1])),
            ("age", Int64TensorType([None, 1])),
            ("debt", FloatTensorType([None, 1])),
        ],
        options={"zipmap": False},
    )
