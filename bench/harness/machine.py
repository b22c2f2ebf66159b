"""The place of the measurement: a network namespace of its own, two processors, the versions of what is compared."""

import datetime
import os
import platform
import resource
import subprocess
import sys

# One processor is the proxy's, the other belongs to the load and the sink.
PROXY_CPU = {0}
LOAD_CPU = {1}
INSIDE = "USHER_BENCH_INSIDE"


def enter_namespace() -> None:
    """Runs this program again in a network namespace, where nothing else sends a packet."""
    if os.environ.get(INSIDE):
        return set_up()
    if os.geteuid() != 0:
        sys.exit("bench: run it as root: it makes a network namespace and counts system calls")
    if (os.cpu_count() or 1) < 2:
        sys.exit("bench: it needs two processors: one for the proxy, one for the load")
    allow_cubic()
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def allow_cubic() -> None:
    # A namespace may only choose among the congestion controls that the machine allows to everyone.
    path = "/proc/sys/net/ipv4/tcp_allowed_congestion_control"
    allowed = open(path).read().split()
    if "cubic" not in allowed:
        write(path, " ".join([*allowed, "cubic"]))


def set_up() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for name, value in {
        "net/ipv4/tcp_congestion_control": "cubic",
        "net/ipv4/ip_local_port_range": "1024 65535",
        "net/ipv4/ip_local_reserved_ports": "4000-6000",
        "net/ipv4/tcp_max_syn_backlog": "16384",
        "net/core/somaxconn": "16384",
    }.items():
        write(f"/proc/sys/{name}", value)


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def segments() -> int:
    """TCP segments that were sent in this namespace, by all processes."""
    with open("/proc/net/snmp") as lines:
        names, values = (line.split() for line in lines if line.startswith("Tcp:"))
        return int(values[names.index("OutSegs")])


def description(usher: str) -> dict[str, str]:
    """Date, machine and versions, for the head of the results."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{processor()}, {os.cpu_count()} processors, Linux {platform.release()}",
        "usher": words([usher, "--version"]),
        "HAProxy": package("haproxy"),
        "nginx": package("nginx"),
        "sslh": package("sslh"),
        "stunnel": package("stunnel4"),
        "hitch": package("hitch"),
        "OpenSSL": package("libssl3"),
    }


def processor() -> str:
    with open("/proc/cpuinfo") as lines:
        names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
        return next(names, platform.machine())


def package(name: str) -> str:
    return words(["dpkg-query", "--show", "--showformat=${Version}", name])


def words(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return "none"
