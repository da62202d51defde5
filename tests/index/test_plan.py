"""What there is to do, from fingerprints alone."""

from __future__ import annotations

from index.sync import plan_sync


def test_a_plan_tells_new_changed_and_gone_from_what_stays() -> None:
    found = {"new": "1", "same": "1", "other": "2"}
    stored = {"same": "1", "other": "1", "gone": "1", "unreadable": "1", "shut/deep/one": "1"}
    plan = plan_sync(found, {"unreadable", "shut"}, stored)
    assert plan.added == ("new",)
    assert plan.updated == ("other",)
    assert plan.removed == ("gone",)
    assert plan.unchanged == {"same"}


def test_nothing_goes_while_the_library_itself_is_closed() -> None:
    assert plan_sync({}, {"."}, {"a": "1", "b/c": "1"}).removed == ()
    assert plan_sync({}, {"b"}, {"a": "1", "b/c": "1", "bc": "1"}).removed == ("a", "bc")
