"""The deploy role of an application pipeline, and the deploy contract it reads."""

from components.delivery.delivery import CommandDocument, Delivery, DeliveryArgs, Pipeline
from components.delivery.deploy_contract import CONTAINERS, HOST, DeployContract, DeployContractArgs
from components.delivery.permissions import container_limits, container_rights, host_rights

__all__ = [
    "CONTAINERS",
    "HOST",
    "CommandDocument",
    "Delivery",
    "DeliveryArgs",
    "DeployContract",
    "DeployContractArgs",
    "Pipeline",
    "container_limits",
    "container_rights",
    "host_rights",
]
