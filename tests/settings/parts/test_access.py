"""Tests of who uses buckets and queues, and in which variables they are named."""

from __future__ import annotations

from settings import read_stack_file
from settings.grants import grants
from settings.parts import shared_users, shared_variables, used_as
from tests.parts import parts_settings

ACCOUNT = "111122223333"


def test_the_roles_are_those_of_running_processes() -> None:
    granted = grants(parts_settings())
    assert granted.buckets["uploads"].readers == ("aiponge-task-user", "aiponge-task-storage")
    assert granted.buckets["uploads"].writers == ("aiponge-task-storage",)
    assert granted.queues["jobs"].roles == (
        "aiponge-task-storage",
        "aiponge-task-user",
        "aiponge-task-reencrypt",
    )


def test_the_host_uses_them_with_its_own_role() -> None:
    settings = read_stack_file("cinematch-production")
    assert shared_users(settings) == ("host",)


def test_a_user_reads_and_writes_what_lists_it() -> None:
    settings = parts_settings()
    assert used_as(settings.buckets, "storage") == (("uploads",), ("uploads",))
    assert used_as(settings.buckets, "user") == (("uploads",), ("exports",))
    assert used_as(settings.queues, "music") == ((), ())


def test_readers_and_writers_get_names_and_urls_where_a_variable_is_declared() -> None:
    settings = parts_settings()
    bucket = f"aiponge-data-uploads-{ACCOUNT}-eu-west-1"
    url = f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/aiponge-queue-jobs"
    assert shared_variables(settings, "storage") == {"UPLOADS_BUCKET": bucket, "JOBS_QUEUE_URL": url}
    assert shared_variables(settings, "reencrypt") == {"JOBS_QUEUE_URL": url}
    assert shared_variables(settings, "music") == {}
