"""A mail server for tests: keeps each message in a file, under a Received field that says who sent it."""

import argparse
import asyncio
import pathlib
import signal
import ssl
import uuid

from aiosmtpd.smtp import SMTP

# Not for ever, even when nobody is left to end it.
signal.alarm(1800)

arguments = argparse.ArgumentParser()
arguments.add_argument("address")
arguments.add_argument("port", type=int)
arguments.add_argument("store", type=pathlib.Path)
arguments.add_argument("--proxy", action="store_true", help="expect PROXY headers")
arguments.add_argument("--certificate", help="offer STARTTLS")
arguments.add_argument("--key")
arguments.add_argument("--limit", type=int, default=200_000, help="the bytes of a message")
options = arguments.parse_args()


# What is refused, by sender and recipient.
REFUSED = {
    "unknown@rcpt.test": "550 5.1.1 Unknown user",
    "rejected@sender.example": "550 5.7.1 Sender not wanted",
    "grey@sender.example": "450 4.2.0 Greylisted, come again",
    "member@sender.example": "530 5.7.0 Authentication required",
}


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = REFUSED.get(envelope.mail_from) or REFUSED.get(address)
        if not reply and not address.endswith("@rcpt.test"):
            reply = "550 5.7.1 Relaying denied"
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_PROXY(self, server, session, envelope, proxy_data):
        return True

    async def handle_DATA(self, server, session, envelope):
        client = session.proxy_data.src_addr if session.proxy_data else session.peer[0]
        header = f"Return-Path: <{envelope.mail_from}>\r\n"
        header += "".join(f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos)
        header += f"Received: from {session.host_name} (unknown [{client}])\r\n by aiosmtpd.test\r\n"
        part = options.store / f"{uuid.uuid4()}.part"
        part.write_bytes(header.encode() + envelope.original_content)
        part.rename(part.with_suffix(".eml"))
        return "250 2.0.0 kept"


def serve():
    tls = None
    if options.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate, options.key)
    return SMTP(
        Keep(), data_size_limit=options.limit, hostname="aiosmtpd.test", enable_SMTPUTF8=True, tls_context=tls,
        proxy_protocol_timeout=5 if options.proxy else None)


async def main():
    server = await asyncio.get_running_loop().create_server(serve, options.address, options.port, backlog=256)
    await server.serve_forever()


asyncio.run(main())
