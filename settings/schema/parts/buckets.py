"""The model of an S3 bucket of the application."""

from __future__ import annotations

from pydantic import Field

from settings.schema.base import EnvName, Model, Slug


class BucketSettings(Model):
    """One entry of ``strongroom:buckets``: a private S3 bucket; the map's key is its short name."""

    readers: tuple[Slug, ...] = ()
    """Names of services, tools or ``host`` that may list and get its objects."""
    writers: tuple[Slug, ...] = ()
    """Names of services, tools or ``host`` that may put and delete objects; one that also gets objects is
    listed under ``readers`` too."""
    env: EnvName | None = None
    """The environment variable in which its readers and writers receive the bucket's name."""
    expire_days: int | None = Field(default=None, ge=1)
    """Days after which an object expires; without it, objects stay until a writer deletes them."""
    old_version_days: int = Field(default=30, ge=1)
    """Days for which a deleted or overwritten version of an object can still be restored."""
