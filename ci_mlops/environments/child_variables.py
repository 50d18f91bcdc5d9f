"""Which environment variables the team's code may see. An allow-list: a secret has no fixed name."""

import re
from collections.abc import Mapping

_NAMES = frozenset(
    (  # noqa: SIM905 - reads better than forty quoted words
        "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TEMP TMP VIRTUAL_ENV LD_LIBRARY_PATH "
        "DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH JAVA_HOME CUDA_HOME CUDA_VISIBLE_DEVICES "
        "NVIDIA_VISIBLE_DEVICES MPLBACKEND MPLCONFIGDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME "
        "HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR "
        "REQUESTS_CA_BUNDLE HF_HOME KERAS_BACKEND SPARK_HOME HADOOP_HOME R_HOME R_LIBS R_LIBS_USER SOURCE_DATE_EPOCH SYSTEMROOT"
    ).split()
)
_PREFIXES = (
    "LC_",
    "CONDA_",
    "PYTHON",
    "PYENV_",
    "UV_",
    # not all of TF_: Terraform's variables are TF_VAR_
    "TF_CPP_",
    "TF_ENABLE_",
    "TF_NUM_",
    "TF_FORCE_",
    "TF_GPU_",
    "TF_DETERMINISTIC_",
    "OMP_",
    "MKL_",
    "OPENBLAS_",
    "NUMEXPR_",
    "BLIS_",
    "LOKY_",
)
# these would stop a command for a question, drown its log, or lead another interpreter to our library
_HURTING = frozenset(
    ("PYTHONHOME", "PYTHONEXECUTABLE", "PYTHONINSPECT", "PYTHONSTARTUP", "PYTHONBREAKPOINT", "PYTHONVERBOSE")
)
# uv keeps the logins of its named indexes in UV_INDEX_<NAME>_...
_SECRET = re.compile(
    r"TOKEN|SECRET|PASS|PWD|DSN|USERNAME|CREDENTIAL|TOK(_|$)|(^|_)(KEY|PAT|AUTH)(_|$)|APIKEY|ACCESSKEY|^UV_INDEX",
    re.IGNORECASE,
)
_LOGIN_IN_URL = re.compile(r"://[^/@\s]+@")


def child_variables(environ: Mapping[str, str], added: Mapping[str, str] | None = None) -> dict[str, str]:
    allowed = {name: value for name, value in environ.items() if _is_allowed(name, value)}
    # unbuffered, so that the log is live
    return {**allowed, "CI": "true", "PYTHONUNBUFFERED": "1", **(added or {})}


def _is_allowed(name: str, value: str) -> bool:
    if name in _HURTING or _SECRET.search(name) or _LOGIN_IN_URL.search(value):
        return False
    return name in _NAMES or name.startswith(_PREFIXES)
