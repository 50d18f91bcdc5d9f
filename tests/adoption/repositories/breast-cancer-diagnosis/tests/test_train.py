from brca import data
from brca.evaluate import evaluate
from brca.model import build_model


def test_load():
    X, y = data.load()
    assert X.shape[1] == 30
    assert set(y.unique()) == {0, 1}


def test_accuracy_reasonable():
    X, y = data.load()
    X_train, X_test, y_train, y_test = data.split(X, y, seed=1)
    model = build_model().fit(X_train, y_train)
    assert evaluate(model, X_test, y_test)["accuracy"] > 0.9
