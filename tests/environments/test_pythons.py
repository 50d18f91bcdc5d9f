"""Which Python fits what a package asks, and which packages a Python can ask for."""

import pytest

from ci_mlops.environments.pythons import lets, lowest_fitting, may_hold, nearest_fitting


@pytest.mark.parametrize(
    ("bound", "fits"),
    [
        ("", {8, 9, 10, 11, 12}),
        (">=3.10", {10, 11, 12}),
        (">=3.8,<3.11", {8, 9, 10}),
        (">3.9", {10, 11, 12}),
        ("<=3.10", {8, 9, 10}),
        ("!=3.9.*", {8, 10, 11, 12}),
        ("!=3.9.1", {8, 9, 10, 11, 12}),
        ("==3.11.*", {11}),
        ("~=3.10", {10, 11, 12}),
        ("~=3.10.2", {10}),
        ("<3.10.5", {8, 9, 10}),
        (">=3", {8, 9, 10, 11, 12}),
        ("<4", {8, 9, 10, 11, 12}),
        ("<3", set()),
        ("==3", {8, 9, 10, 11, 12}),
    ],
)
def test_a_bound_lets_the_pythons_through_that_it_names(bound, fits):
    assert {minor for minor in range(8, 13) if lets(bound, minor)} == fits


def test_the_nearest_python_is_named_and_a_fitting_one_is_kept():
    assert nearest_fitting(">=3.12", "3.10") == "3.12"
    assert nearest_fitting("<3.9", "3.12") == "3.8"
    assert nearest_fitting("<3", "3.12") == ""
    assert lowest_fitting(">=3.8", "3.11") == "3.11"
    assert lowest_fitting(">=3.13", "3.11") == "3.13"


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ("", True),
        ("python_full_version < '3.11'", True),
        ("python_full_version == '3.11.*'", False),
        ("python_full_version >= '3.12' and sys_platform == 'win32'", False),
        ("sys_platform == 'win32'", True),
        ("python_full_version >= '3.10.2'", True),
        ("python_version >= '3.12' or sys_platform == 'win32'", True),
    ],
)
def test_a_marker_that_can_not_hold_for_a_python_is_known(marker, holds):
    assert may_hold(marker, "3.10") is holds
