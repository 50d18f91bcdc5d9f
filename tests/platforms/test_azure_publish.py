"""Status and thread against an Azure DevOps that says no."""

from dataclasses import replace

import pytest

from tests.fakes.azure import HEAD, STRANGER, FakeAzure, Identity, answers

NEXT = "b" * 40


def content(thread):
    return thread["comments"][0]["content"]


def test_the_first_run_sets_the_status_and_begins_one_thread(devops, azure, publication):
    published = azure().publish(publication)

    assert (published.comment, published.status, published.warnings) == ("created", "set", ())
    [thread] = devops.threads
    assert content(thread).startswith(publication.comment)
    assert content(thread).endswith(f"run=8.1 sha={HEAD} -->")
    assert thread["properties"]["ci-mlops.key"]["$value"].startswith("credit-default/")
    assert published.comment_url.endswith(
        f"/Credit%20Risk/_git/credit/pullrequest/7?discussionId={thread['id']}"
    )
    [status] = devops.statuses[1]
    assert status["context"] == {"genre": "ci-mlops", "name": "gate/credit-default"}
    assert status["state"] == "succeeded"
    assert status["targetUrl"].endswith("/Credit%20Risk/_build/results?buildId=8")


@pytest.mark.parametrize(
    ("state", "thread", "status"),
    [
        ("success", "closed", "succeeded"),
        ("failure", "active", "failed"),
        ("error", "active", "error"),
        ("pending", "pending", "pending"),
        ("not_applicable", "closed", "notApplicable"),
    ],
)
def test_a_thread_is_active_while_the_change_is_kept_from_merging(
    devops, azure, publication, state, thread, status
):
    azure().publish(replace(publication, state=state))

    assert devops.threads[0]["status"] == thread
    assert devops.statuses[1][0]["state"] == status


def test_the_next_push_edits_the_same_thread_and_sets_the_status_of_its_own_iteration(
    devops, azure, publication
):
    azure(build=8).publish(publication)
    devops.push(NEXT)
    published = azure(build=9, head=NEXT).publish(
        replace(publication, comment="### Blocked", state="failure")
    )

    assert published.comment == "updated"
    [thread] = devops.threads
    assert content(thread).startswith("### Blocked")
    assert thread["status"] == "active"
    assert [one["state"] for one in devops.statuses[1]] == ["succeeded"]
    assert [one["state"] for one in devops.statuses[2]] == ["failed"]


def test_a_commit_that_a_forced_push_brings_again_has_its_status_on_the_newest_iteration(
    devops, azure, publication
):
    devops.push(NEXT)
    devops.push(HEAD)
    azure().publish(publication)

    assert list(devops.statuses[3])
    assert devops.statuses[1] == devops.statuses[2] == []


def test_a_commit_that_no_iteration_brought_is_told(devops, azure, publication):
    published = azure(head=NEXT).publish(publication)

    assert (published.comment, published.status) == ("created", "failed")
    assert "no iteration of the pull request brought bbbbbbb" in published.warnings[0]


def test_the_same_words_are_not_said_again(devops, azure, publication):
    azure().publish(publication)
    published = azure().publish(publication)

    assert (published.comment, published.status) == ("unchanged", "set")
    assert len(devops.calls("POST", "")) == 2
    assert devops.calls("PATCH", "") == []


def test_a_passing_run_closes_the_thread_without_touching_words_that_are_the_same(devops, azure, publication):
    azure().publish(replace(publication, state="failure"))
    azure().publish(publication)

    assert devops.threads[0]["status"] == "closed"
    assert [seen.body for seen in devops.calls("PATCH", "")] == [{"status": "closed"}]


@pytest.mark.parametrize("resolved", ["fixed", "wontFix", "byDesign"])
def test_what_a_person_has_resolved_stays_as_they_said(devops, azure, publication, resolved):
    azure(build=8).publish(publication)
    devops.threads[0]["status"] = resolved
    azure(build=9).publish(publication)

    assert devops.threads[0]["status"] == resolved


def test_a_blocked_thread_that_somebody_resolved_is_opened_again(devops, azure, publication):
    azure(build=8).publish(replace(publication, state="failure"))
    devops.threads[0]["status"] = "closed"
    azure(build=9).publish(replace(publication, state="failure"))

    assert devops.threads[0]["status"] == "active"


def test_an_older_run_leaves_thread_and_status_of_a_newer_one(devops, azure, publication):
    azure(build=9).publish(publication)
    late = replace(publication, comment="### Late", state="failure", description="late")
    published = azure(build=8, SYSTEM_JOBATTEMPT="2").publish(late)

    assert (published.comment, published.status) == ("skipped", "skipped")
    assert all("run 9 is newer" in warning for warning in published.warnings)
    assert content(devops.threads[0]).startswith(publication.comment)
    assert devops.threads[0]["status"] == "closed"
    assert [one["state"] for one in devops.statuses[1]] == ["succeeded"]


@pytest.mark.parametrize("attempt", ["SYSTEM_JOBATTEMPT", "SYSTEM_STAGEATTEMPT"])
def test_a_second_attempt_overwrites_the_first_one_of_the_same_run(azure, publication, attempt):
    azure().publish(publication)
    published = azure(**{attempt: "2"}).publish(replace(publication, comment="### Again"))

    assert published.comment == "updated"


def test_our_thread_is_found_among_hundreds(devops, azure, publication):
    for index in range(150):
        devops.plant(f"thread {index}")
    azure(build=8).publish(publication)
    for index in range(100):
        devops.plant(f"later {index}")
    published = azure(build=9).publish(replace(publication, comment="### Next"))

    assert published.comment == "updated"
    assert len(devops.threads) == 251


def test_a_stranger_who_copies_marker_and_property_keeps_their_thread(devops, azure, publication):
    azure().publish(publication)
    ours = devops.threads.pop()
    key = ours["properties"]["ci-mlops.key"]["$value"]
    devops.plant(content(ours), author=STRANGER, **{"ci-mlops.key": key})
    published = azure(build=9).publish(publication)

    assert published.comment == "created"
    assert content(devops.threads[0]) == content(ours)


def test_our_marker_quoted_in_the_middle_of_our_own_words_is_not_the_report(devops, azure, publication):
    azure().publish(publication)
    ours = devops.threads.pop()
    devops.plant(f"> {content(ours)}\n\nreally?", author=Identity())

    assert azure(build=9).publish(publication).comment == "created"


def test_a_thread_that_lost_its_marker_is_known_by_its_property(devops, azure, publication):
    azure(build=8).publish(publication)
    devops.threads[0]["comments"][0]["content"] = "edited away"

    assert azure(build=9).publish(publication).comment == "updated"


@pytest.mark.parametrize("where", ["thread", "comment"])
def test_a_thread_that_was_deleted_is_begun_anew(devops, azure, publication, where):
    azure(build=8).publish(publication)
    thread = devops.threads[0]
    (thread if where == "thread" else thread["comments"][0])["isDeleted"] = True

    assert azure(build=9).publish(publication).comment == "created"


def test_threads_of_the_system_are_passed_over(devops, azure, publication):
    devops.threads.append({"id": 1, "comments": [], "properties": None, "status": None})
    devops.threads.append(
        {
            "id": 2,
            "comments": [{"id": 1, "commentType": "system", "content": "Ada joined"}],
            "isDeleted": False,
        }
    )

    assert azure().publish(publication).comment == "created"


def test_two_models_in_one_repository_have_a_thread_and_a_status_each(devops, azure, publication):
    azure().publish(publication)
    azure().publish(replace(publication, model="fraud", key="fraud"))

    assert len(devops.threads) == 2
    assert {one["context"]["name"] for one in devops.statuses[1]} == {"gate/credit-default", "gate/fraud"}


def test_a_person_whose_token_posts_is_found_again(devops, azure, publication):
    mine = {"SYSTEM_ACCESSTOKEN": "", "AZURE_DEVOPS_EXT_PAT": "person"}
    azure(build=8, **mine).publish(publication)
    published = azure(build=9, **mine).publish(replace(publication, comment="### Next"))

    assert published.comment == "updated"
    assert devops.threads[0]["comments"][0]["author"]["id"] == "ada"


def test_an_author_is_known_by_number_or_by_descriptor(devops, azure, publication):
    azure(build=8).publish(publication)
    author = devops.threads[0]["comments"][0]["author"]
    author |= {"id": "another number of the same", "descriptor": "svc.5c9d1b1e"}

    assert azure(build=9).publish(publication).comment == "updated"


def test_who_we_are_is_asked_once_and_only_where_a_thread_is_about_our_model(devops, azure, publication):
    azure().publish(replace(publication, comment=""))
    assert devops.calls("GET", "ConnectionData") == []

    devops.plant("hello")
    azure().publish(publication)
    assert len(devops.calls("GET", "ConnectionData")) == 1


def test_a_model_name_cannot_end_the_marker_early(devops, azure, publication):
    evil = replace(publication, model="x --> @everyone <!--")
    azure(build=8).publish(evil)
    published = azure(build=9).publish(replace(evil, comment="### Next"))

    assert published.comment == "updated"
    assert "@everyone" not in content(devops.threads[0])


def test_a_missing_permission_is_named_with_its_menu_and_whose_it_is(devops, azure, publication):
    published = azure(SYSTEM_ACCESSTOKEN="reader").publish(publication)

    assert (published.comment, published.status) == ("failed", "failed")
    for warning in published.warnings:
        assert "`Contribute to pull requests`" in warning
        assert r"`Build\c1d6f5c5-0000-4000-8000-00000000000a`" in warning
        assert "Project settings > Repositories > credit > Security" in warning
        assert "`Credit Risk Build Service (acme)`" in warning
        assert "verdict stands" in warning
    assert len(devops.calls("POST", "")) == 2


def test_a_fork_of_azure_repos_is_built_like_any_other_and_told_like_any_other(devops, azure, publication):
    """It lies in the same organisation, and Azure gives its run the same rights."""
    refused = azure(SYSTEM_ACCESSTOKEN="reader", SYSTEM_PULLREQUEST_ISFORK="True").publish(publication)
    told = azure(SYSTEM_PULLREQUEST_ISFORK="True").publish(publication)

    assert all("`Contribute to pull requests`" in warning for warning in refused.warnings)
    assert (told.comment, told.status) == ("created", "set")


def test_a_thread_is_still_written_where_the_status_of_a_commit_is_refused(devops, azure, publication):
    devops.tokens["half"] = Identity(permissions=frozenset({"GenericRead", "PullRequestContribute"}))
    push = {"BUILD_REASON": "IndividualCI", "BUILD_SOURCEBRANCH": "refs/heads/main"}
    published = azure(SYSTEM_ACCESSTOKEN="half", **push).publish(publication)

    assert (published.comment, published.status) == ("skipped", "failed")
    assert "`Contribute`" in published.warnings[0]


@pytest.mark.parametrize("page", ["203", "200", "302", "401"])
def test_a_sign_in_page_instead_of_an_answer_is_a_token_that_is_not_accepted(
    devops, azure, publication, page
):
    devops.sign_in = page
    published = azure(SYSTEM_ACCESSTOKEN="expired").publish(publication)

    assert (published.comment, published.status) == ("failed", "failed")
    assert "not accept the token" in published.warnings[0]
    assert "SYSTEM_ACCESSTOKEN: $(System.AccessToken)" in published.warnings[0]
    assert len(devops.seen) == 2


@pytest.mark.parametrize("token", ["", "$(System.AccessToken)"])
def test_no_token_at_all_is_told_without_asking(devops, azure, publication, token):
    published = azure(SYSTEM_ACCESSTOKEN=token).publish(publication)

    assert published.comment == "failed"
    assert "SYSTEM_ACCESSTOKEN" in published.warnings[0]
    assert devops.seen == []


def test_no_address_of_the_collection_is_told_without_asking(devops, azure, publication):
    published = azure(SYSTEM_COLLECTIONURI="").publish(publication)

    assert published.comment == "failed"
    assert "SYSTEM_COLLECTIONURI is not set" in published.warnings[0]


@pytest.mark.parametrize("letter", ["x", "ä", "\U0001f525"])
@pytest.mark.parametrize("length", [149_000, 400_000])
def test_a_report_that_is_too_long_is_cut_to_its_heading_and_a_link(
    devops, azure, publication, letter, length
):
    long = replace(publication, comment="### Blocked: recall\n\n" + letter * length)
    published = azure().publish(long)

    assert published.comment == "created"
    assert content(devops.threads[0]).startswith("### Blocked: recall\n\nThe report is too long")
    assert "_build/results?buildId=8)" in content(devops.threads[0])


def test_a_report_just_below_the_limit_is_whole(devops, azure, publication):
    azure().publish(replace(publication, comment="### Blocked\n\n" + "x" * 148_000))

    assert len(content(devops.threads[0])) > 148_000


def test_a_long_description_is_cut_to_one_line(devops, azure, publication):
    azure().publish(replace(publication, description="recall\nis worse, " * 40))

    [status] = devops.statuses[1]
    assert len(status["description"]) == 140
    assert "\n" not in status["description"]


def test_a_push_gets_the_status_of_its_commit_and_no_thread(devops, azure, publication):
    sha = "e" * 40
    push = {"BUILD_REASON": "BatchedCI", "BUILD_SOURCEBRANCH": "refs/heads/main", "BUILD_SOURCEVERSION": sha}
    published = azure(**push).publish(publication)

    assert (published.comment, published.status) == ("skipped", "set")
    assert devops.threads == []
    assert [one["state"] for one in devops.statuses[sha]] == ["succeeded"]


def test_what_names_no_model_sets_no_status_and_no_words_make_no_thread(devops, azure, publication):
    assert azure().publish(replace(publication, model="")).status == "skipped"
    assert azure().publish(replace(publication, comment="")).comment == "skipped"
    assert len(devops.threads) == len(devops.statuses[1]) == 1


def test_posting_asks_for_no_more_than_it_needs(devops, azure, publication):
    azure().publish(publication)
    pull = "/Credit Risk/_apis/git/repositories/2f3d611a-f012-4b39-b157-8db63f380226/pullRequests/7"

    # what the SDK has learned of a server once, it does not ask again
    assert [(seen.method, seen.path.removeprefix(pull)) for seen in devops.seen if seen.path != "/_apis"] == [
        ("GET", "/iterations"),
        ("GET", "/iterations/1/statuses"),
        ("POST", "/iterations/1/statuses"),
        ("GET", "/threads"),
        ("POST", "/threads"),
        # whether another run was quicker
        ("GET", "/threads"),
        ("GET", "/_apis/ConnectionData"),
    ]


def test_a_server_of_ones_own_is_asked_at_its_collection(azure, publication, tmp_path):
    with FakeAzure("tfs/DefaultCollection") as server:
        published = azure(SYSTEM_COLLECTIONURI=server.collection_url).publish(publication)

        assert (published.comment, published.status) == ("created", "set")
        assert "/tfs/DefaultCollection/Credit%20Risk/_git/" in published.comment_url
        assert len(server.threads) == 1


def begins(publication, sha):
    head = f"### Evaluating `{sha[:7]}` …"
    return replace(publication, comment=head, state="pending", description="evaluating", begins=True)


def test_a_run_that_begins_says_so_above_what_was_said_of_the_commit_before(devops, azure, publication):
    azure(build=8).publish(replace(publication, state="failure"))
    devops.push(NEXT)
    published = azure(build=9, head=NEXT).publish(begins(publication, NEXT))

    [thread] = devops.threads
    assert published.comment == "updated"
    assert content(thread).startswith("### Evaluating `bbbbbbb` …")
    assert f"of `{HEAD[:7]}`" in content(thread)
    assert publication.comment in content(thread)
    assert content(thread).endswith(f"run=9.1 sha={NEXT} -->")
    assert thread["status"] == "pending"
    assert [one["state"] for one in devops.statuses[2]] == ["pending"]


def test_a_run_that_ends_says_its_verdict_and_nothing_below(devops, azure, publication):
    azure().publish(begins(publication, HEAD))
    azure().publish(publication)

    [thread] = devops.threads
    assert content(thread).startswith(publication.comment)
    assert "Evaluating" not in content(thread)
    assert thread["status"] == "closed"
    assert [one["state"] for one in devops.statuses[1]] == ["pending", "succeeded"]


def test_a_run_that_was_cancelled_and_another_that_begins_keep_one_old_report(devops, azure, publication):
    azure(build=8).publish(publication)
    for build in (9, 10):
        azure(build=build).publish(begins(publication, NEXT))

    [thread] = devops.threads
    assert content(thread).count(publication.comment) == 1
    assert content(thread).count("Evaluating") == 1


def test_a_beginning_that_comes_late_takes_nothing_back(devops, azure, publication):
    azure(build=9).publish(publication)
    for build in (9, 8):
        published = azure(build=build).publish(begins(publication, HEAD))
        assert published.comment == "skipped"

    assert content(devops.threads[0]).startswith(publication.comment)
    assert [one["state"] for one in devops.statuses[1]] == ["succeeded"]


def test_a_second_attempt_that_begins_is_newer_than_the_first_ones_verdict(devops, azure, publication):
    azure().publish(publication)
    azure(SYSTEM_STAGEATTEMPT="2").publish(begins(publication, HEAD))

    assert [one["state"] for one in devops.statuses[1]] == ["succeeded", "pending"]
    assert "of an earlier run on the same commit" in content(devops.threads[0])


def test_a_beginning_over_a_report_as_long_as_a_thread_can_be_fits(devops, azure, publication):
    azure(build=8).publish(replace(publication, comment="### Blocked\n\n" + "ä" * 74_340))
    azure(build=9).publish(begins(publication, NEXT))

    assert len(content(devops.threads[0])) < 1000
    assert "### Blocked" in content(devops.threads[0])


def test_two_runs_that_begin_a_thread_at_once_end_with_one(devops, azure, publication):
    """The other run's thread comes between our look and our word."""
    other = azure(build=8)
    devops.meanwhile("GET", "/threads", lambda: other.publish(replace(publication, comment="### Other")))
    published = azure(build=9).publish(publication)

    assert published.comment == "updated"
    alive = [thread for thread in devops.threads if not thread["comments"][0].get("isDeleted")]
    assert [content(thread).partition("\n")[0] for thread in alive] == [publication.comment]
    assert len(devops.threads) == 2


def test_another_runs_thread_that_comes_in_place_of_our_failed_one_gets_our_words(devops, azure, publication):
    """Our word fails before it is said; what we then find was begun by another run."""
    other = azure(build=8)
    devops.fail("POST", "/threads", answers(502))
    devops.meanwhile("POST", "/threads", lambda: other.publish(replace(publication, comment="### Other")))
    published = azure(build=9).publish(publication)

    assert published.comment == "updated"
    [thread] = devops.threads
    assert content(thread).startswith(publication.comment)


def test_a_thread_that_is_written_is_written_whatever_comes_after(devops, azure, publication):
    devops.meanwhile("POST", "/threads", lambda: devops.fail("GET", "/threads", *[answers(500)] * 10))
    published = azure().publish(publication)

    assert (published.comment, published.warnings) == ("created", ())


def test_a_repository_that_is_hidden_from_the_token_is_told_as_such(devops, azure, publication):
    devops.fail("GET", "/threads", answers(404))
    [warning] = azure().publish(publication).warnings

    assert "does not show what is asked for (404)" in warning
    assert "Project settings > Repositories > credit > Security" in warning
