"""Certificates for the TLS rows: RSA-2048 and ECDSA P-256, signed by themselves."""

import subprocess
from pathlib import Path

KEYS = {"RSA-2048": ["rsa:2048"], "P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}


def make_certificates(folder: Path) -> dict[str, dict[str, str]]:
    """For each kind of key the files that the configurations name: chain, key, and pem, which holds both."""
    return {name: make(folder / name, options) for name, options in KEYS.items()}


def make(stem: Path, options: list[str]) -> dict[str, str]:
    files = {what: str(stem.with_name(f"{stem.name}.{what}")) for what in ("chain", "key", "pem")}
    subject = ["-subj", "/CN=right.bench.example", "-addext", "subjectAltName=DNS:right.bench.example"]
    request = ["openssl", "req", "-x509", "-newkey", *options, "-nodes", "-days", "30", *subject]
    subprocess.run([*request, "-keyout", files["key"], "-out", files["chain"]], check=True, capture_output=True)
    with open(files["pem"], "w") as pem:
        pem.write(open(files["key"]).read() + open(files["chain"]).read())
    return files
