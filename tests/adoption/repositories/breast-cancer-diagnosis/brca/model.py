from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def build_model(C=2.0, n_components=12, seed=0):
    return make_pipeline(
        StandardScaler(),
        PCA(n_components=n_components, random_state=seed),
        SVC(C=C, kernel="rbf", gamma="scale"),
    )
