"""Deletes a stack: refuses first, then unprotects, empties and deletes until nothing is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.updater import Deployed
from ops.destroy import service_created
from ops.destroy.contents import Content, contents, empty
from ops.destroy.deletion import Deletion, find_deletion
from ops.destroy.plan import Plan, plan
from ops.operations import Operation, resumable, to_resume

ATTEMPTS_WITHOUT_PROGRESS = 2
"""After so many attempts that deleted nothing, a cause that AWS does not remove by itself is assumed."""
LEFTOVERS_S = 3600
"""How long to wait for interfaces of deleted functions and endpoints: AWS needs up to 45 minutes."""


@dataclass(frozen=True)
class How:
    """The options of the command."""

    write: bool = False
    resume: bool = False


def destroy(context: StackContext, how: How) -> Exit:
    """Delete the stack; without ``write`` print what would be deleted, emptied and kept."""
    deletion = find_deletion(context)
    if how.resume:
        record = to_resume(context, "destroy", "")
        if not how.write:
            context.say(f"would continue {record.title}; add --apply", "yellow")
            return Exit.DONE
        with resumable():
            return _carry_through(Operation.resume(context, "destroy", ""), deletion)
    made = plan(context, deletion.resources())
    if made.refused:
        raise Stop(Exit.REFUSED, "\n".join([*made.refused, "nothing was deleted"]))
    if not how.write:
        return _dry(context, made)
    if not made.resources:
        context.say(f"{context.stack}: the state has no resources, nothing to delete", "green")
        context.screen.document(_document(context, made.to_dict(), applied=False))
        return Exit.DONE
    intent = {
        "kept": [str(one) for one in made.kept],
        "logGroups": service_created.log_groups(context, made.resources),
    }
    with resumable():
        return _carry_through(Operation.begin(context, "destroy", "", intent=intent, before={}), deletion)


def _dry(context: StackContext, made: Plan) -> Exit:
    context.say(f"would delete {len(made.resources)} resources of {context.stack}; add --apply", "yellow")
    for one in made.emptied:
        context.say(f"would delete everything in {one.kind} {one.name}")
    for kept in made.kept:
        context.say(f"would keep {kept}")
    context.screen.document(_document(context, made.to_dict(), applied=False))
    return Exit.DONE


def _carry_through(operation: Operation, deletion: Deletion) -> Exit:
    context, kept = operation.context, operation.record.intent.get("kept", [])
    with operation.step("unprotect"):
        deletion.unprotect([one.urn for one in deletion.resources() if one.protect])
    with operation.step("delete"):
        left = _delete_all(context, deletion)
    with operation.step("log groups"):
        service_created.delete_log_groups(context, operation.record.intent.get("logGroups", []))
    operation.finish()
    context.say(f"{context.stack}: deleted", "green")
    for one in kept:
        context.say(f"kept {one}")
    if left:
        context.say(f"{len(left)} resources stay in the state, with the kept buckets", "yellow")
    context.say(f"to forget the stack too: `pulumi stack rm {context.stack}`")
    context.screen.document(
        _document(
            context,
            {"kept": kept, "left": [one.urn for one in left], "operation": operation.to_dict()},
            applied=True,
        )
    )
    return Exit.DONE


def _delete_all(context: StackContext, deletion: Deletion) -> list[Deployed]:
    """Empty and delete until only what is kept is left; the resources that are left in the state.

    A bucket may be written to while the service that writes into it still exists, and some interfaces in
    the VPC disappear minutes after their function: each attempt starts with what is there then.
    """
    idle, since, endpoints = 0, context.clock.now(), set[str]()
    while True:
        context.look_again()
        resources = deletion.resources()
        found = list(contents(context, resources))
        _empty(context, found)
        endpoints.update(service_created.delete_in_vpc(context))
        service_created.delete_in_namespace(context)
        context.boundary("emptied")
        kept = [one.of.urn for one in found if not one.deletable]
        try:
            deletion.destroy(kept)
        except Stop as stop:
            left = deletion.resources()
            context.look_again()
            waiting = service_created.leftover_interfaces(context, left, endpoints)
            if len(left) < len(resources):
                idle, since = 0, context.clock.now()
            elif not waiting or context.clock.now() - since > LEFTOVERS_S:
                idle += 1
            if idle >= ATTEMPTS_WITHOUT_PROGRESS:
                raise Stop(Exit.PARTLY, f"{stop}; {len(left)} resources are left") from None
            said = f"; waiting for {', '.join(waiting)}" if waiting else ""
            context.say(f"{stop}; {len(left)} resources are left{said}: trying again", "yellow")
            context.clock.sleep(context.clock.poll_s)
            continue
        context.boundary("deleted")
        left = deletion.resources()
        if left and not kept:
            raise Stop(Exit.PARTLY, f"the engine reports success, but {len(left)} resources are in the state")
        return left


def _empty(context: StackContext, found: list[Content]) -> None:
    for one in found:
        if one.deletable:
            context.say(f"{one.kind} {one.name}: deleting its content")
            empty(context, one)


def _document(context: StackContext, content: dict[str, Any], *, applied: bool) -> dict[str, Any]:
    return {"stack": context.stack, "applied": applied, **content}
