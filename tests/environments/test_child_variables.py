"""Which variables of the runner the team's code sees: what its libraries read, and nothing that is a secret."""

import pytest

from ci_mlops.environments.child_variables import child_variables


@pytest.mark.parametrize(
    "name",
    [
        "TF_VAR_db_pass",
        "TF_VAR_dsn",
        "TF_VAR_anything",
        "TF_CLI_ARGS",
        "CONDA_TOK",
        "CONDA_TOK_CORP",
        "CONDA_DB_PWD",
        "PYTHON_DSN",
        "UV_INDEX",
        "UV_INDEX_CORP_USERNAME",
        "UV_INDEX_CORP_PASSWORD",
        "UV_PUBLISH_USERNAME",
    ],
)
def test_a_secret_under_a_prefix_that_is_allowed_is_kept_from_the_child(name):
    assert name not in child_variables({name: "canary"})


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "USER",
        "CONDA_PREFIX",
        "OMP_NUM_THREADS",
        "PYTHONHASHSEED",
        "TF_CPP_MIN_LOG_LEVEL",
        "TF_ENABLE_ONEDNN_OPTS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_FORCE_GPU_ALLOW_GROWTH",
        "TF_GPU_ALLOCATOR",
        "TF_DETERMINISTIC_OPS",
        "UV_CACHE_DIR",
        "UV_DEFAULT_INDEX",
    ],
)
def test_what_libraries_read_reaches_the_child(name):
    assert child_variables({name: "told"})[name] == "told"


def test_a_login_in_an_address_is_kept_from_the_child():
    login = "https://me:canary@packages.example/simple"

    assert "UV_DEFAULT_INDEX" not in child_variables({"UV_DEFAULT_INDEX": login})
