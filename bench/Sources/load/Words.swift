// The words of the command line.

import Traffic

struct Words {
  let work: String
  private var values: [String: String] = [:]

  init(_ arguments: [String]) {
    guard arguments.count % 2 == 0 else { fail("load WORK --key value …") }
    work = arguments[1]
    for index in stride(from: 2, to: arguments.count, by: 2) {
      values[String(arguments[index].dropFirst(2))] = arguments[index + 1]
    }
  }

  /// The number that was given under that name.
  func number(_ name: String) -> Int {
    guard let number = optional(name) else { fail("--\(name) is missing, or is no number") }
    return number
  }

  func optional(_ name: String) -> Int? { values[name].flatMap { Int($0) } }

  var port: UInt16 { UInt16(number("to")) }
  var name: String { values["name"] ?? "right.bench.example" }

  /// The first bytes of a client with that request.
  func hello(_ request: Request) -> FixedBytes { FixedBytes(ClientHello.bytes(for: request, name: name)) }
}
