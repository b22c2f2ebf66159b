import Glibc
import Kernel
import SystemPackage
import Testing
import Wire

@Suite struct DescriptorTests {
  @Test func aDescriptorIsClosedAtTheEndOfItsLife() throws {
    let pipe = try Pipe(capacity: 4096)
    let server = try Descriptor.streamSocket(for: .unix("@usher-tests-closed"))
    try server.bind(to: .unix("@usher-tests-closed"))
    try server.listen(backlog: 1)
    do {
      let client = try Descriptor.streamSocket(for: .unix("@usher-tests-closed"))
      #expect(try client.connect(to: .unix("@usher-tests-closed")))
      #expect(fcntl(client.number, F_GETFD) == FD_CLOEXEC)
    }
    var from = Endpoint.unix("")
    let accepted = try server.accept(from: &from)
    // The other end hears that it is closed.
    #expect(try pipe.fill(from: accepted, atMost: 1) == 0)
  }

  @Test func whoTakesTheNumberOwnsIt() throws {
    let number = try Descriptor.streamSocket(for: .unix("/x")).relinquish()
    #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
    _ = Descriptor(owning: number)
  }
}
