"""Operation records: the lock and journal of a command that changes a stack in several steps.

The record is stored in the state bucket, so that every operator and pipeline of the stack sees it. It has
intent, steps and fingerprints, never a value.
"""

from ops.operations.file_lock import stack_file_lock
from ops.operations.operation import (
    RESUME,
    Operation,
    as_dict,
    open_record,
    other_open,
    records,
    resumable,
    to_resume,
)
from ops.operations.record import Record, RecordStep, StepState, new_record
from ops.operations.store import OperationStore

__all__ = [
    "RESUME",
    "Operation",
    "OperationStore",
    "Record",
    "RecordStep",
    "StepState",
    "as_dict",
    "new_record",
    "open_record",
    "other_open",
    "records",
    "resumable",
    "stack_file_lock",
    "to_resume",
]
