// sink: what stands behind every proxy. One thread, ports from 4000 on.
//
//   4000  the server that the rules choose: does what the ClientHello's random bytes ask for (see Request)
//   4001  the server that no client may reach: closes at once, which the load counts as a failure
//   4025  an MTA that takes every message and keeps none
//   4026  the same, and promises STARTTLS
//   4080  the HTTP end that nginx's mail proxy asks for a server

import Traffic

let reactor = Reactor()
let doors: [(UInt16, any Server)] = [
  (4000, RequestServer(reactor)),
  (4001, Refusal(reactor)),
  (4025, MTA(reactor, promises: ["PIPELINING", "SIZE 10240000", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN"])),
  (
    4026, MTA(reactor, promises: ["PIPELINING", "SIZE 10240000", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN"])
  ),
  (4080, AuthServer(reactor, port: 4025)),
]
for (port, server) in doors {
  let door = Door(reactor, opensFor: server)
  reactor.watch(Sockets.listen(at: port), reactor.add(door), for: .readable)
}
say("ready")
while true { reactor.turn(within: nil) }
