"""Names of secrets in Secrets Manager, and of parameters in Parameter Store."""

from __future__ import annotations

from settings.aws.rule import AWS_DOCS, Text

SECRET_NAME = Text(
    "[A-Za-z0-9/_+=.@-]{1,512}",
    "1 to 512 letters, digits and the characters /_+=.@-",
    f"{AWS_DOCS}secretsmanager/latest/apireference/API_CreateSecret.html",
)
_DEEPEST, _LONGEST = 15, 1011
PARAMETER_NAME = Text(
    rf"(?i:(?!/?(?:aws|ssm)))(?=.{{1,{_LONGEST}}}$)(?:/[A-Za-z0-9_.-]+){{1,{_DEEPEST}}}",
    f"at most {_DEEPEST} parts of letters, digits and _.-, each after a slash; the first begins with neither "
    "aws nor ssm",
    f"{AWS_DOCS}systems-manager/latest/APIReference/API_PutParameter.html",
)
