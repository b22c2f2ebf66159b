import Routing
import Testing
import Wire

@testable import Sessions

/// There is a session for every client that is not relayed yet, and a summary for every one that is.
@Suite struct SizeTests {
  @Test func aSummaryIsSmall() {
    #expect(MemoryLayout<Summary>.stride <= 112)
  }

  @Test(arguments: ["wrapper", "mirror"]) func aSilentClientCostsLittle(rules: String) {
    let context = Context(configuration: Doors.named(rules), hostname: "usher.example")
    let session = Session(
      context: context, listener: 0, client: Endpoint("203.0.113.9:40000")!, local: Endpoint("192.0.2.25:25")!,
      accepted: Instant(nanoseconds: 0), grace: .milliseconds(300))
    var instructions: [Instruction] = []
    session.began(at: Instant(nanoseconds: 0), &instructions)
    #expect(session.greeter != nil)
    #expect(size(session) <= 304)
    #expect(size(session.greeter!) <= 120)
  }

  /// What the allocator gave for it, in bytes.
  private func size(_ object: AnyObject) -> Int { usableSize(Unmanaged.passUnretained(object).toOpaque()) }
}

/// Glibc's Swift module leaves malloc.h out.
@_silgen_name("malloc_usable_size") private func usableSize(_ memory: UnsafeMutableRawPointer) -> Int
