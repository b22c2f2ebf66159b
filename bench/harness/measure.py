"""One run of the load against one peer, and what it cost; runs of several peers, turn by turn."""

import json
import statistics
import subprocess
import time
from collections import defaultdict
from pathlib import Path

from .machine import LOAD_CPU, segments
from .process import CallCount, Process

GIB = 1 << 30
# A sample is what one run gave: metric → value.
Sample = dict[str, float]


class Load:
    """The clients: `load` of this package."""

    def __init__(self, program: Path):
        self.program = str(program)

    def command(self, work: str, port: int, **words) -> list[str]:
        options = [[f"--{key}", str(value)] for key, value in words.items()]
        return [self.program, work, "--to", str(port), *sum(options, [])]

    def run(self, peer, work: str, cpus=LOAD_CPU, **words) -> Sample:
        """Lets the load do its work, and returns what it saw and what the peer's processor time was."""
        before, sent = peer.process.cpu if peer.process else 0, segments()
        child = Process(self.command(work, peer.port, **words), cpus, stdout=subprocess.PIPE, text=True)
        try:
            findings = json.loads(child.child.communicate(timeout=120)[0] or "{}")
        finally:
            child.stop()
        cpu = peer.process.cpu - before if peer.process else None
        # A few may fail, and are shown: sslh loses some.
        if not findings or findings["failures"] > 0.1 * findings["done"]:
            raise RuntimeError(f"{work} through {peer.name}: {findings.get('failures', 'all')} connections failed")
        return sample(findings, cpu) | {"segments": (segments() - sent) / findings["done"]}

    def count_calls(self, peer, work: str, **words) -> tuple[float, dict[str, float]]:
        """System calls of the peer for each thing done: all, and by name."""
        with CallCount(peer.process) as count:
            done = self.run(peer, work, **words)["done"]
            time.sleep(0.1)
        return count.total / done, {name: calls / done for name, calls in count.calls.items() if calls / done >= 0.005}

    def crowd(self, peer, work: str, connections: int) -> Sample:
        """Bytes of the peer's own memory for each of so many connections that do nothing."""
        before = peer.process.anonymous
        command = self.command(work, peer.port, connections=connections)
        child = Process(command, LOAD_CPU, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            findings = json.loads(child.child.stdout.readline())
            time.sleep(0.3)
            after = peer.process.anonymous
        finally:
            child.child.stdin.close()
            child.stop()
        if findings["failures"]:
            raise RuntimeError(f"{work} through {peer.name}: {findings['failures']} connections failed")
        return {"bytes": (after - before) / connections}


def sample(findings: dict, cpu: float | None) -> Sample:
    seconds, done = findings["seconds"], findings["done"]
    metrics = {"done": done, "failed": findings["failures"], "rate": done / seconds}
    if findings["p50"]:
        metrics |= {key: findings[key] for key in ("p50", "p99", "p999", "p99_moment")}
    if findings["bytes"]:
        metrics["gib_s"] = findings["bytes"] / GIB / seconds
    if cpu is not None:
        metrics["cpu_1000"] = cpu * 1e6 / done
        if findings["bytes"]:
            metrics["cpu_gib"] = cpu / (findings["bytes"] / GIB)
    return metrics


class Samples:
    """What the runs of a row gave: for each peer and metric one value a round."""

    def __init__(self):
        self.values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.errors: dict[str, str] = {}

    def add(self, peer: str, metrics: Sample) -> None:
        for metric, value in metrics.items():
            self.values[peer][metric].append(value)

    def summary(self) -> dict:
        """Median, least and most of each metric, and the values themselves, round by round."""
        return {
            peer: {
                metric: {"median": statistics.median(v), "min": min(v), "max": max(v), "values": v}
                for metric, v in metrics.items()
            }
            for peer, metrics in self.values.items()
        } | {peer: {"error": error} for peer, error in self.errors.items() if peer not in self.values}


def interleave(peers: list, rounds: int, run) -> dict:
    """A B B A: every round runs each peer once, so that what else the machine does meets all of them, and nobody is
    always the one behind another."""
    samples = Samples()
    for number in range(rounds):
        for peer in peers if number % 2 == 0 else reversed(peers):
            name = getattr(peer, "name", peer)
            try:
                samples.add(name, run(peer))
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                print(f"    {error}", flush=True)
                samples.errors[name] = str(error)
    return samples.summary()
