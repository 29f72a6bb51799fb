"""Services on ECS Fargate, their image repositories, and ECS Exec."""

from components.ecs.containers import Containers, ContainersArgs
from components.ecs.ecr import Registry, RegistryArgs

__all__ = ["Containers", "ContainersArgs", "Registry", "RegistryArgs"]
