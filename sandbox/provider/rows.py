"""One row per AWS resource type: the calls that create, update and delete it, and its outputs.

The fields of a row:

* ``op`` the call that creates ("service.operation"); ``id`` "{property}" text, or JMESPath over its answer
* everything not named below is mapped by ``shapes.convert`` from botocore's own model of that call
* ``rename`` "property:Member" (dotted on both sides, ":-" drops it); ``skip`` settings of the provider itself
* ``const`` fixed parameters; ``name`` the auto-named property; ``pre`` rewrites inputs before the mapping
* ``after`` follow-up calls for what the create call lacks; ``more`` a function for the rest of it,
  whose properties are ``parts``; ``make`` a function instead of the one call
* ``read`` "operation(Param=value).jmespath" and ``out`` "output:jmespath" or "output=text" picked from it
* ``put`` the create call is an upsert; ``update`` calls that carry changed properties; ``change`` a function
  that carries the properties ``changes``; ``replace`` properties that need a new resource ("*": all others)
* ``volatile`` outputs that an update changes; ``secret`` properties that are always secret
* ``delete`` "operation(Param=value)", a function, or ``Stays``
* ``defaults`` inputs that the real provider fills in where the program leaves them out; ``computed`` inputs
  that AWS chooses then, so that their absence is no change
* ``reader`` a function (context, id, properties of the state) that asks AWS and returns the inputs as they
  are there, or None where the resource does not exist; with ``id`` where AWS knows it better
* ``import_id`` "{property}" text that ``pulumi import`` takes, where it is not ``id``
* ``missing_operation`` what moto lacks; ``keeps`` what moto does not store: ``sandbox.moto`` supplies both
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider.calls import SandboxError

Inputs = dict[str, Any]
Reader = Callable[..., Inputs | None]


@dataclass(frozen=True)
class Call:
    """A call that carries properties: ``Call("modify_vpc_attribute", "VpcId={id}", "enableDnsSupport")``."""

    op: str
    fixed: str
    carries: str
    rename: str = ""


@dataclass(frozen=True)
class Stays:
    """In place of a deletion: the real provider only forgets the resource, and why that is so."""

    reason: str


@dataclass(frozen=True)
class Row:
    """How one resource type is created, changed and deleted; the module's docstring explains the fields."""

    token: str
    op: str
    id: str = ""
    read: str = ""
    out: str = ""
    rename: str = ""
    skip: str = ""
    const: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    pre: Callable[..., Inputs] | None = None
    after: tuple[Call, ...] = ()
    more: Callable[..., Inputs] | None = None
    parts: str = ""
    make: Callable[..., tuple[str, Inputs]] | None = None
    put: bool = False
    update: tuple[Call, ...] = ()
    change: Callable[..., Inputs | None] | None = None
    changes: str = ""
    replace: str = ""
    delete_first: bool = False
    volatile: str = ""
    secret: str = ""
    delete: str | Callable[..., None] | Stays = ""
    defaults: Inputs = field(default_factory=dict)
    computed: str = ""
    reader: Reader | None = None
    import_id: str = ""
    tags: str = "auto"
    missing_operation: str = ""
    keeps: str = ""

    @property
    def service(self) -> str:
        """The boto3 service that the row calls."""
        return self.op.partition(".")[0]

    @property
    def id_template(self) -> str:
        """The "{property}" text of the id that an import takes; empty where AWS makes the id."""
        return self.import_id or (self.id if "{" in self.id and "[" not in self.id else "")


def made_again(make: Callable[..., tuple[str, Inputs]]) -> Callable[..., None]:
    """A ``change`` that calls the row's ``make`` with the new inputs, where that sets the whole of it."""

    def change(context: Any, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
        make(context, Row("", ""), new)

    return change


ROWS: dict[str, Row] = {}


def row(token: str, op: str, **words: Any) -> None:
    """Add the row for ``aws:<token>``; a second one for the same type is an error."""
    full = f"aws:{token}"
    if full in ROWS:
        raise ValueError(f"{full} has a row already")
    if not words.get("delete"):
        raise ValueError(f"{full} has no `delete`: give the call, a function, or Stays(reason)")
    ROWS[full] = Row(full, op, **words)


def find(token: str) -> Row:
    """The row of a type, or an error that names it."""
    found = ROWS.get(token)
    if found is None:
        raise SandboxError(
            f"{token}: the sandbox has no row for this type; add one under sandbox/provider/types/"
        )
    return found


def without_marks(inputs: Inputs) -> Inputs:
    """Inputs without Pulumi's own marks, such as ``__defaults``."""
    return {key: value for key, value in inputs.items() if not key.startswith("__")}
