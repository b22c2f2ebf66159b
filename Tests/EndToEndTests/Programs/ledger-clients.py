"""Mail clients that come at a steady rate, and one line of JSON on how each of them ended.

Each sends one message of its own: its token in the subject, and lines made of it. What EHLO does not promise is not used.
The last word of a client is what counts: `accepted` heard 250 to its content, `refused` another reply, `broken` none: the
connection ended first. Who waits for a reply longer than SMTP clients should have to is `hung`.
"""

import argparse
import asyncio
import itertools
import json
import ssl
import uuid

arguments = argparse.ArgumentParser()
arguments.add_argument("port", type=int, nargs="+", help="where they come, in turn")
arguments.add_argument("--count", type=int, required=True)
arguments.add_argument("--rate", type=float, required=True, help="so many a second, whatever becomes of them")
arguments.add_argument("--ways", required=True, help="plain, starttls, implicit, distrusting: in turn")
arguments.add_argument("--styles", required=True, help="data, pipelining, bdat, slow: in turn")
arguments.add_argument("--lines", type=int, required=True, help="of a message")
options = arguments.parse_args()

PATIENCE = 60
BEFORE_THE_END = 0.5


def trusting(certificate):
    context = ssl.create_default_context()
    if not certificate:
        return context
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


CONTEXTS = {"distrusting": trusting(False), "implicit": trusting(True), "starttls": trusting(True)}


class Refused(Exception):
    pass


class Client:
    def __init__(self, port, way, style):
        self.port, self.way, self.style = port, way, style
        self.step, self.reply, self.how, self.address = "connection", None, None, None
        self.token = str(uuid.uuid4())
        self.message = f"Subject: {self.token}\r\n\r\n" + f".{self.token} Grüße\r\n" * options.lines

    async def live(self):
        try:
            await self.deliver()
            end = "accepted"
        except Refused:
            end = "refused"
        except asyncio.TimeoutError:
            end = "hung"
        except ssl.SSLCertVerificationError:
            end = "distrusted"
        except (OSError, EOFError) as error:
            end, self.how = "broken", f"{type(error).__name__}: {error}"
        print(
            json.dumps({
                "token": self.token, "address": self.address, "way": self.way, "port": self.port, "end": end,
                "step": self.step, "reply": self.reply, "how": self.how,
            }), flush=True)

    async def deliver(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.address = "%s:%d" % self.writer.get_extra_info("sockname")
        try:
            await self.converse()
        finally:
            self.writer.close()

    async def converse(self):
        if self.way in ("implicit", "distrusting"):
            self.step = "handshake"
            await self.encrypt()
        self.step = "greeting"
        await self.answer("220")
        promised = await self.hello()
        if self.way == "starttls":
            self.step = "starttls"
            if "STARTTLS" not in promised:
                self.reply = "not offered"
                raise Refused
            await self.say("STARTTLS\r\n", "220")
            self.step = "handshake"
            await self.encrypt()
            promised = await self.hello()
        await self.send(promised)
        self.writer.write(b"QUIT\r\n")

    async def encrypt(self):
        await asyncio.wait_for(
            self.writer.start_tls(CONTEXTS[self.way], server_hostname="localhost", ssl_handshake_timeout=PATIENCE),
            PATIENCE)

    async def hello(self):
        self.step = "hello"
        lines = await self.say("EHLO client.example\r\n", "250")
        return {line[4:].split(" ")[0].upper() for line in lines}

    async def send(self, promised):
        envelope = ["MAIL FROM:<a@sender.example>\r\n", "RCPT TO:<u@rcpt.test>\r\n"]
        if self.style == "pipelining" and "PIPELINING" in promised:
            self.writer.write("".join(envelope).encode() + b"DATA\r\n")
            for self.step, code in (("sender", "2"), ("recipient", "2"), ("data", "354")):
                await self.answer(code)
            return await self.content()
        for self.step, command in zip(("sender", "recipient"), envelope):
            await self.say(command, "2")
        if self.style == "bdat" and "CHUNKING" in promised:
            return await self.chunks()
        self.step = "data"
        await self.say("DATA\r\n", "354")
        await self.content()

    async def content(self):
        self.step = "end"
        stuffed = self.message.replace("\r\n.", "\r\n..") + ".\r\n"
        middle = len(stuffed) // 2
        self.writer.write(stuffed[:middle].encode())
        if self.style == "slow":
            await self.writer.drain()
            await asyncio.sleep(BEFORE_THE_END)
        await self.say(stuffed[middle:], "250")

    async def chunks(self):
        content = self.message.encode()
        middle = len(content) // 2
        self.step = "chunk"
        self.writer.write(b"BDAT %d\r\n" % middle + content[:middle])
        await self.answer("250")
        self.step = "end"
        self.writer.write(b"BDAT %d LAST\r\n" % (len(content) - middle) + content[middle:])
        await self.answer("250")

    async def say(self, words, code):
        self.writer.write(words.encode())
        return await self.answer(code)

    async def answer(self, code):
        lines = []
        while not lines or lines[-1][3:4] == "-":
            line = await asyncio.wait_for(self.reader.readline(), PATIENCE)
            if not line.endswith(b"\n"):
                raise EOFError("the connection was closed")
            lines.append(line.decode().rstrip())
        self.reply = lines[-1]
        if not self.reply.startswith(code):
            raise Refused
        return lines


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: None)
    begin = loop.time()
    ways, styles, ports = (
        itertools.cycle(of) for of in (options.ways.split(","), options.styles.split(","), options.port))
    lives = []
    for number in range(options.count):
        await asyncio.sleep(begin + number / options.rate - loop.time())
        lives.append(loop.create_task(Client(next(ports), next(ways), next(styles)).live()))
    await asyncio.gather(*lives)


asyncio.run(main())
