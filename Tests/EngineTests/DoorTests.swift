import Foundation
import Routing
import Testing
import Wire

@testable import Engine

/// Doors open, stay over a reload, and close.
@Suite struct DoorTests {
  @Test func aPortThatIsTakenIsSaid() throws {
    let taken = try Socket()
    let error = #expect(throws: EngineError.self) {
      try Fixture(.relay(to: [taken.endpoint], door: taken.endpoint))
    }
    #expect(
      error?.reason == "listener front cannot listen at \(taken.endpoint): another process listens there")
  }

  @Test func anAddressOfAnotherMachineIsSaid() throws {
    let door = Endpoint.tcp(IPAddress("192.0.2.1")!, port: 0)
    let error = #expect(throws: EngineError.self) { try Fixture(.relay(to: [door], door: door)) }
    #expect(error?.reason.contains("no interface") == true)
  }

  @Test func aSocketThatNobodyHandedOverIsSaid() throws {
    var configuration = Configuration.relay(to: [.unix("/x")])
    configuration.listeners[0].doors = [.inherited("mail")]
    let error = #expect(throws: EngineError.self) { try Fixture(configuration) }
    #expect(error?.reason.contains("fd:mail") == true)
  }

  @Test func ipv6HasItsOwnDoor() throws {
    let server = try Socket()
    var configuration = Configuration.relay(to: [server.endpoint], door: .tcp(IPAddress("::1")!, port: 0))
    configuration.listeners[0].doors.append(.endpoint(.tcp(loopback, port: 0)))
    let fixture = try Fixture(configuration)
    #expect(fixture.ledger.doors.map { $0.ip?.family } == [.v6, .v4])
    for door in fixture.ledger.doors {
      let client = try Plug(to: door)
      try client.send("hello")
      #expect(try server.accept().text(exactly: 5) == "hello")
      #expect(try client.remote == door)
    }
  }

  @Test func aUnixDoorReplacesAFileThatWasLeftBehindAndLeavesNone() throws {
    let path = NSTemporaryDirectory() + "usher-tests-\(getpid()).sock"
    let door = Endpoint.unix(path)
    // A process that ended without removing it.
    do { _ = try Socket(at: door) }
    #expect(FileManager.default.fileExists(atPath: path))
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint], door: door))
    let client = try fixture.client()
    try client.send("hello")
    #expect(try server.accept().text(exactly: 5) == "hello")
    // One that is listened at is left alone.
    let error = #expect(throws: EngineError.self) { try Fixture(.relay(to: [server.endpoint], door: door)) }
    #expect(error?.reason.contains("or the path is a file") == true)
    try fixture.pool.reload(.relay(to: [server.endpoint]))
    try eventually("the file is gone") { !FileManager.default.fileExists(atPath: path) }
  }

  @Test func aReloadKeepsWhatRuns() throws {
    let old = try Socket()
    let new = try Socket()
    let fixture = try Fixture(.relay(to: [old.endpoint]))
    let client = try fixture.client()
    let accepted = try old.accept()
    var configuration = Configuration.relay(to: [new.endpoint], door: .tcp(loopback, port: 0))
    configuration.listeners[0].doors.append(.endpoint(.tcp(IPAddress("127.0.0.2")!, port: 0)))
    try fixture.pool.reload(configuration)
    #expect(fixture.ledger.doors.count == 2)
    // The door that both have is the same, and leads to the new server.
    try eventually("new clients go to the new server") {
      let another = try fixture.client()
      try another.send("hello")
      let server = try Socket.first(of: [old, new])
      #expect(try server.accept().text(exactly: 5) == "hello")
      return server === new
    }
    // The one that was there goes on as it was.
    try client.send("still")
    #expect(try accepted.text(exactly: 5) == "still")
  }

  @Test func aReloadThatFailsChangesNothing() throws {
    let server = try Socket()
    let taken = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    var configuration = Configuration.relay(to: [taken.endpoint])
    configuration.listeners[0].doors = [.endpoint(.tcp(loopback, port: 0)), .endpoint(taken.endpoint)]
    #expect(throws: EngineError.self) { try fixture.pool.reload(configuration) }
    let client = try fixture.client()
    try client.send("hello")
    #expect(try server.accept().text(exactly: 5) == "hello")
    #expect(fixture.ledger.doors.count == 1)
  }

  @Test func aDoorThatIsGoneIsClosed() throws {
    let server = try Socket()
    let first = Endpoint.tcp(IPAddress("127.0.0.3")!, port: 0)
    let fixture = try Fixture(.relay(to: [server.endpoint], door: first))
    let client = try fixture.client()
    let accepted = try server.accept()
    let new = try Socket()
    try fixture.pool.reload(.relay(to: [new.endpoint]))
    try eventually("the port is closed") { (try? fixture.client()) == nil }
    try client.send("still")
    #expect(try accepted.text(exactly: 5) == "still")
    let another = try Plug(to: fixture.ledger.doors[1])
    try another.send("hello")
    #expect(try new.accept().text(exactly: 5) == "hello")
  }
}
