"""What is compared: each proxy with its configuration, started on a port of its own."""

import itertools
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from .machine import PROXY_CPU
from .process import Process

HERE = Path(__file__).parent.parent
SINK_PORT, MTA_PORT = 4000, 4025
# More than a process may have open is of no use: two descriptors a client, and some for the proxy itself.
CONNECTIONS = 9_900


@dataclass(frozen=True)
class Kind:
    """How one proxy is started: `command` and `configuration` hold $port, $config and what a peer's values name."""

    command: str
    configuration: str
    values: dict[str, str] = field(default_factory=dict)


# Without a configuration of its own a client speaks with the sink directly.
NGINX_TUNING = "        proxy_buffer_size 256k;"
KINDS = {
    "usher": Kind("$usher run $config", "usher.yaml"),
    "HAProxy": Kind("haproxy -db -f $config", "haproxy.cfg"),
    "HAProxy tuned": Kind("haproxy -db -f $config", "haproxy-tuned.cfg"),
    "nginx": Kind("nginx -e stderr -c $config", "nginx.conf"),
    "nginx tuned": Kind("nginx -e stderr -c $config", "nginx.conf", {"tuning": NGINX_TUNING}),
    "sslh": Kind("sslh-select -F$config", "sslh.cfg"),
    "usher, wrapper": Kind("$usher run $config", "usher-mail.yaml", {"greeter": "tls-mta"}),
    "usher, mirror": Kind("$usher run $config", "usher-mail.yaml", {"greeter": "mta"}),
    "nginx mail": Kind("nginx -e stderr -c $config", "nginx-mail.conf"),
    "usher TLS": Kind("$usher run $config", "usher-tls.yaml"),
    "stunnel": Kind("stunnel4 $config", "stunnel.conf"),
    "hitch": Kind("hitch --config=$config", "hitch.conf"),
}


class Peer:
    """A proxy that runs; `direct` is none."""

    ports = itertools.count(5000)

    def __init__(self, name: str, folder: Path, usher: Path, rules: int = 1, **values: str):
        """
        rules: how many names the proxy routes by; the one that is asked for is the last.
        values: what the configuration names besides: threads, grace, chain, key, pem.
        """
        kind = KINDS[name]
        self.name = name
        self.port = next(Peer.ports)
        config = folder / f"{self.port}-{kind.configuration}"
        values = {
            **{"threads": "1", "grace": "300s", "tuning": "", "connections": str(CONNECTIONS + 10)},
            **{"port": str(self.port), "folder": str(folder), "config": str(config), "usher": str(usher)},
            **{"rules": more_rules(kind.configuration, rules - 1, folder)},
            **kind.values,
            **values,
        }
        config.write_text(Template((HERE / "peers" / kind.configuration).read_text()).substitute(values))
        self.config = config
        command = Template(kind.command).substitute(values).split()
        log = open(folder / f"{self.port}.log", "w")
        cpus = PROXY_CPU if values["threads"] == "1" else PROXY_CPU | {1}
        began = time.monotonic()
        self.process = Process(command, cpus, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait(log.name)
        self.start_seconds = time.monotonic() - began

    def wait(self, log: str) -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if self.process.child.poll() is not None:
                    raise RuntimeError(f"{self.name} did not start: {Path(log).read_text().strip()[-400:]}")
                time.sleep(0.0002)

    def stop(self) -> None:
        self.process.stop()


class Direct:
    """No proxy: the load speaks with the sink."""

    name = "direct"
    process = None

    def __init__(self, port: int = SINK_PORT):
        self.port = port

    def stop(self) -> None:
        pass


def more_rules(configuration: str, count: int, folder: Path) -> str:
    """Rules for so many other names, as that proxy's manual would have them."""
    names = [f"name-{number}.bench.example" for number in range(count)]
    match configuration:
        case "usher.yaml":
            return "\n".join(f"      - {{ name: {name}, when: {{ sni: {name} }}, to: wrong }}" for name in names)
        case "nginx.conf":
            return "\n".join(f"        {name} wrong;" for name in names)
        case "haproxy.cfg" if names:
            # 10,000 lines of `use_backend` cost 1.8 ms a connection; a file of names is looked up in a tree.
            file = folder / f"{count}.names"
            file.write_text("\n".join(names))
            return f"    use_backend wrong if {{ req.ssl_sni,lower -f {file} }}"
    return ""
