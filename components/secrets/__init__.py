"""Secret values, the stores that hold them, and the rotation of the database URL."""

from components.secrets.parameters import Parameters, ParametersArgs
from components.secrets.reader_redeploy import ReaderRedeploy, ReaderRedeployArgs
from components.secrets.rotation import Rotation, RotationArgs
from components.secrets.secrets import Secrets, SecretsArgs
from components.secrets.values import Values, ValuesArgs

__all__ = [
    "Parameters",
    "ParametersArgs",
    "ReaderRedeploy",
    "ReaderRedeployArgs",
    "Rotation",
    "RotationArgs",
    "Secrets",
    "SecretsArgs",
    "Values",
    "ValuesArgs",
]
