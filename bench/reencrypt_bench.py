"""Measures rows per second of re-encryption, and compares them with a plain UPDATE in the same run.

``python -m bench.reencrypt_bench [--rows N] [--bytes 500] [--workers 2] [--rounds 7] [--memory]`` starts a
PostgreSQL of its own, with fsync as in production, and prints one line per measurement and one JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.figure import Figure
from encryption_keys import Format
from ops.reencrypt.page import PAGE_ROWS
from ops.reencrypt.plan import Plan
from ops.reencrypt.run import Run
from ops.reencrypt.session import Database
from ops.reencrypt.verification import Scan
from sandbox.postgresql import INSTALL, Installation, Server, find, run
from tests.ops.reencrypt.rows import CREATE, RING, TARGET, alone, inventory

GOAL_ROWS_PER_S = 45_000
GOAL_OF_PLAIN_UPDATE = 0.6
ROWS, BYTES, WORKERS, ROUNDS = 200_000, 500, 2, 7
WIDE_ROWS, WIDE_BYTES, WIDE_MB = 2_500, 200_000, 300
SAMPLE_S = 0.05
MEMORY_ROWS = (100_000, 1_000_000)
FLAT = 1.1
"""With ten times the rows, the peak may be one tenth higher, which is noise."""


def timed(work: Callable[[], Any]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fill(postgres: Server, rows: int, length: int) -> None:
    """Create the template database: a table in the application's format, filled and vacuumed."""
    postgres.create_database("bench_template")
    cipher, text = alone(1), os.urandom(length)
    with postgres.connect("bench_template") as connection:
        connection.execute(CREATE)
        with connection.cursor().copy("COPY lib_entries (id, user_id, content) FROM STDIN") as copy:
            for _ in range(rows):
                copy.write_row((uuid.uuid4(), uuid.uuid4(), cipher.seal_legacy(text)))
        connection.execute("VACUUM ANALYZE lib_entries")


def fresh(postgres: Server) -> Database:
    """Create the measured database from the template."""
    with postgres.connect() as admin:
        admin.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        admin.execute("CREATE DATABASE bench TEMPLATE bench_template")
        admin.execute("CHECKPOINT")
    return Database(postgres.dsn("bench"))


def raw_aes(length: int, workers: int, rounds: int = 40_000) -> float:
    """Decrypt, encrypt and decrypt again without a database; return rows per second over all workers."""
    old, new = AESGCM(os.urandom(32)), AESGCM(os.urandom(32))
    nonce, text = os.urandom(12), os.urandom(length)
    sealed = old.encrypt(nonce, text, None)

    def work() -> None:
        for _ in range(rounds):
            new.decrypt(nonce, new.encrypt(nonce, old.decrypt(nonce, sealed, None), None), None)

    return workers * rounds / timed(lambda: _together(workers, work))


_READ = """
SELECT t.id::text, t.content FROM lib_entries AS t
WHERE t.id > %s::uuid AND t.id <= %s::uuid ORDER BY t.id LIMIT %s
"""
_SET = """
UPDATE lib_entries AS t SET content = v.renewed
FROM unnest(%b::text[], %b::text[], %b::text[]) AS v(key, stored, renewed)
WHERE t.id = v.key::uuid AND t.content COLLATE "C" = v.stored
"""


def plain_update(database: Database, workers: int, page_rows: int) -> float:
    """Read pages by key and write them by compare-and-set, without cryptography; return the seconds."""
    edges = [f"{part * 2**32 // workers:08x}-0000-0000-0000-000000000000" for part in range(workers)]
    ranges = iter(zip(edges, [*edges[1:], "ffffffff-ffff-ffff-ffff-ffffffffffff"], strict=True))

    def walk() -> None:
        above, upto = next(ranges)
        with closing(database.connect()) as session:
            while rows := session.execute(_READ, [above, upto, page_rows]).fetchall():
                keys, stored = map(list, zip(*rows, strict=True))
                # A text of the length that re-encryption writes.
                session.execute(_SET, [keys, stored, [f"ENC2:{one[4:]}ABCDEFGHIJKL:" for one in stored]])
                above = keys[-1]

    return timed(lambda: _together(workers, walk))


def _together(workers: int, work: Callable[[], None]) -> None:
    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(work) for _ in range(workers)]:
            future.result()


def measure(
    rows: int, length: int, workers: int, page_rows: int, form: Format, rounds: int = ROUNDS
) -> dict[str, Any]:
    """Measure one size on one server; each round also measures a plain UPDATE."""
    mode = "enc2" if form == "ENC2" else "legacy"
    plan = Plan(inventory(TARGET), mode, workers=workers, page_rows=page_rows)
    plain, renewed, verified = list[float](), list[float](), list[float]()
    with run(_installation(), durable=True) as postgres:
        fill(postgres, rows, length)
        for _ in range(rounds):
            plain.append(rows / plain_update(fresh(postgres), workers, page_rows))
            database = fresh(postgres)
            renewed.append(rows / timed(lambda of=database: Run(of, RING, plan)()))
            verified.append(rows / timed(lambda of=database: Scan(of, RING, plan)()))
    speed = statistics.median(renewed)
    bound = statistics.median(1 / (1 / one + 1 / other) for one, other in zip(plain, verified, strict=True))
    share = statistics.median(mine / floor for mine, floor in zip(renewed, plain, strict=True))
    return {
        "rows": rows,
        "bytes": length,
        "workers": workers,
        "page": page_rows,
        "rounds": rounds,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "rawAesRowsPerSecond": round(raw_aes(length, workers)),
        "plainUpdateRowsPerSecond": [round(one) for one in plain],
        "reencryptRowsPerSecond": [round(one) for one in renewed],
        "verifyRowsPerSecond": [round(one) for one in verified],
        "medianRowsPerSecond": round(speed),
        "boundRowsPerSecond": round(bound),
        "ofPlainUpdate": round(share, 2),
        "goalMet": speed >= GOAL_ROWS_PER_S or share >= GOAL_OF_PLAIN_UPDATE,
    }


def figures(rows: int = ROWS) -> Iterator[Figure]:
    """Measure the speed; it is met in rows per second, or relative to a plain UPDATE of the same round."""
    found = measure(rows, BYTES, WORKERS, PAGE_ROWS, "ENC2")
    plain, mine = found["plainUpdateRowsPerSecond"], found["reencryptRowsPerSecond"]
    yield Figure(
        what=f"re-encryption of {rows:,} rows of {BYTES} B, rows/s (median of {ROUNDS}, {WORKERS} workers)",
        measured=found["medianRowsPerSecond"],
        limit=GOAL_ROWS_PER_S,
        detail=(
            f"{found['ofPlainUpdate']} of a plain UPDATE (or {GOAL_OF_PLAIN_UPDATE} is enough); rounds "
            f"{mine} beside {plain}; UPDATE and read-and-decrypt alone: {found['boundRowsPerSecond']}; "
            f"load {found['load']} on {found['cores']} cores"
        ),
        met=found["goalMet"],
    )


def memory_figures(sizes: tuple[int, int] = MEMORY_ROWS) -> Iterator[Figure]:
    """Compare the peak memory for ten times the rows, and measure it with wide rows."""
    small, large = (peak_memory(rows, BYTES, WORKERS) for rows in sizes)
    yield Figure(
        what=f"re-encryption: peak memory at {sizes[1]:,} rows over that at {sizes[0]:,}",
        measured=round(large / small, 2),
        limit=FLAT,
        detail=f"{small} MB and {large} MB, all processes",
        met=large / small <= FLAT,
    )
    wide = peak_memory(WIDE_ROWS, WIDE_BYTES, WORKERS)
    yield Figure(
        what=f"re-encryption: peak memory in MB with rows of {WIDE_BYTES // 1000} KB",
        measured=wide,
        limit=WIDE_MB,
        detail=f"{WIDE_ROWS:,} rows, all processes",
        met=wide < WIDE_MB,
    )


def _installation() -> Installation:
    found = find()
    if found is None:
        sys.exit(INSTALL)
    return found


def peak_memory(rows: int, length: int, workers: int) -> int:
    """Peak memory in MB of all processes of re-encryption, without the server's; sampled."""
    with run(_installation()) as postgres:
        fill(postgres, rows, length)
        fresh(postgres)
        command = [sys.executable, "-m", "bench.reencrypt_bench", "--child", "--workers", str(workers)]
        environment = os.environ | {"BENCH_DSN": postgres.dsn("bench")}
        done = subprocess.run(
            command,
            env=environment,
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
    return int(done.stdout)


def child(workers: int) -> None:
    """Run re-encryption, and print the peak memory of this process and its workers."""
    plan = Plan(inventory(TARGET), "enc2", workers=workers)
    peak, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_S):
            peak[0] = max(peak[0], sum(map(_proportional_kb, _family())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        Run(Database(os.environ["BENCH_DSN"]), RING, plan, stop=threading.Event())()
    finally:
        ended.set()
        watcher.join()
    print(peak[0] // 1024)


def _family() -> list[int]:
    """This process and those that it started."""
    own = os.getpid()
    started = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    return [own, *map(int, started)]


def _proportional_kb(pid: int) -> int:
    """The memory of a process, with shared pages divided among those that share them; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def main() -> int:
    """Measure and print; exit code 1 where the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.reencrypt_bench")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--bytes", type=int, default=BYTES)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--page", type=int, default=PAGE_ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--form", choices=["ENC", "ENC2"], default="ENC2")
    parser.add_argument("--memory", action="store_true", help="also the peak from 10^5 to 10^6 rows")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.workers)
        return 0
    result = measure(options.rows, options.bytes, options.workers, options.page, options.form, options.rounds)
    if options.memory:
        result["peakMegabytes"] = {
            size: peak_memory(size, options.bytes, options.workers) for size in MEMORY_ROWS
        }
    for name, value in result.items():
        print(f"{name:26} {value}", file=sys.stderr)
    print(json.dumps(result))
    return 0 if result["goalMet"] else 1


if __name__ == "__main__":
    sys.exit(main())
