"""Customer managed KMS keys, one per purpose, with their key policies."""

from components.kms.backup_key import backup_copy_key
from components.kms.ecs_exec_key import ecs_exec_key
from components.kms.keys import Keys, KeysArgs, Purpose

__all__ = ["Keys", "KeysArgs", "Purpose", "backup_copy_key", "ecs_exec_key"]
