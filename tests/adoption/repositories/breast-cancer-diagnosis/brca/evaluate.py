from sklearn.metrics import accuracy_score, confusion_matrix, precision_score, recall_score, roc_auc_score


def evaluate(model, X, y):
    pred = model.predict(X)
    return {
        "accuracy": float(accuracy_score(y, pred)),
        "precision": float(precision_score(y, pred)),
        "recall": float(recall_score(y, pred)),
        "roc_auc": float(roc_auc_score(y, model.decision_function(X))),
        "confusion_matrix": confusion_matrix(y, pred).tolist(),
    }
