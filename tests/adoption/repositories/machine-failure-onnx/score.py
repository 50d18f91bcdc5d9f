"""Score the labelled evaluation set with the exported ONNX model."""
import argparse

import numpy as np
import onnxruntime as rt
import pandas as pd
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score

FEATURES = [
    "type",
    "air_temperature_k",
    "process_temperature_k",
    "rotational_speed_rpm",
    "torque_nm",
    "tool_wear_min",
    "vibration_mm_s",
]
TYPE_CODES = {"L": 0, "M": 1, "H": 2}


def load_features(df):
    X = df[FEATURES].copy()
    X["type"] = X["type"].map(TYPE_CODES)
    return X.to_numpy(dtype=np.float32)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--model", default="model/model.onnx")
    ap.add_argument("--data", default="data/eval.csv")
    ap.add_argument("--output", default="predictions.csv")
    ap.add_argument("--threshold", type=float, default=0.5)
    args = ap.parse_args()

    df = pd.read_csv(args.data)
    sess = rt.InferenceSession(args.model, providers=["CPUExecutionProvider"])
    input_name = sess.get_inputs()[0].name
    _, proba = sess.run(None, {input_name: load_features(df)})
    score = proba[:, 1]
    pred = (score >= args.threshold).astype(int)

    y = df["machine_failure"]
    print("rows     :", len(df))
    print("accuracy : %.4f" % accuracy_score(y, pred))
    print("f1       : %.4f" % f1_score(y, pred))
    print("roc auc  : %.4f" % roc_auc_score(y, score))
    print(confusion_matrix(y, pred))

    pd.DataFrame({"udi": df["udi"], "score": score, "prediction": pred}).to_csv(args.output, index=False)


if __name__ == "__main__":
    main()
