import Glibc
import Kernel
import SystemPackage
import Testing
import Wire

/// The file of a listening Unix socket is removed only when it is nobody's.
@Suite struct UnixSocketFileTests {
  private let path = "/tmp/usher-kernel-tests-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  private var exists: Bool { access(path, F_OK) == 0 }

  private func listening() throws -> Descriptor {
    let socket = try Descriptor.streamSocket(for: .unix(path))
    try socket.bind(to: .unix(path))
    try socket.listen(backlog: 1)
    return socket
  }

  @Test func whatAProcessLeftBehindIsRemoved() throws {
    _ = try listening()
    #expect(exists)
    try UnixSocketFile.removeStale(path)
    #expect(!exists)
    // Nothing there is fine too.
    try UnixSocketFile.removeStale(path)
  }

  @Test func aSocketThatIsListenedAtStays() throws {
    let socket = try listening()
    #expect(throws: Errno.addressInUse) { try UnixSocketFile.removeStale(path) }
    #expect(exists)
    #expect(try socket.get(.accepts) == 1)
    unlink(path)
  }

  @Test func aFileThatIsNoSocketStays() throws {
    let file = open(path, O_CREAT | O_WRONLY, 0o600)
    close(file)
    #expect(throws: Errno.addressInUse) { try UnixSocketFile.removeStale(path) }
    #expect(exists)
    unlink(path)
  }

  @Test func theFileOfAnotherStays() throws {
    let mine = try listening()
    let file = try UnixSocketFile(path: path)
    unlink(path)
    let another = try listening()
    try file.remove()
    #expect(exists)
    try UnixSocketFile(path: path).remove()
    #expect(!exists)
    #expect(mine.number != another.number)
  }
}
