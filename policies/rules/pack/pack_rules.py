"""The rules about the rules: what could not be judged is said, and no exemption outlives its reason."""

from __future__ import annotations

from rules.lib.secret_marking import SECRETNESS, finds
from rules.pack.evaluator import AUDIT
from rules.pack.rule import M, ResourceRule, stack_rule

RULES = [
    stack_rule(
        "own-unknown-visible",
        M,
        (),
        "A rule that met an unknown value says so, and judges again before the resource is created.",
        "nothing to do at a preview; an update leaves nothing unjudged",
        stack_holds=lambda _: True,  # the evaluator reports what is open after every other rule
    ),
    stack_rule(
        AUDIT,
        M,
        (),
        "Every exemption names a rule and a resource, has a reason, an owner and a date, and is needed.",
        "renew it with a reason, narrow it, or delete it from policies/exemptions.yaml",
        stack_holds=lambda _: True,  # the evaluator audits after every other rule
    ),
    ResourceRule(
        name=SECRETNESS,
        level=M,
        types=frozenset(),
        sentence="A property that holds a secret value is itself a Pulumi secret.",
        fix="hand the Output on as it is: never unsecret it, never copy its text",
        finds=finds,
    ),
]
