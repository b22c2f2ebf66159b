import Foundation
import Synchronization
import Testing

// A scenario's own folder, network and programs.

/// What a scenario runs on. When it goes, all that was started on it is ended, and the folder is removed.
final class Stage: Sendable {
  let folder: URL
  /// Where servers run.
  let network: Network
  /// Where clients run.
  let clientNetwork: Network
  private let count = Mutex(0)

  /// - Parameter separate: clients are in another network than servers, and have another address.
  init(separate: Bool = false) async throws {
    folder = Machine.temporary("stage")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    chmod(folder.path, 0o755)
    (network, clientNetwork) = separate ? try await Network.pair(in: folder) : (.loopback, .loopback)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Starts a program in the servers' network.
  func start(_ name: String, _ command: [String]) throws -> Child {
    try Child(name: name, network.prefix + command, log: subfolder(name).appending(path: "log"))
  }

  /// Starts a program in the clients' network.
  func startClient(_ name: String, _ command: [String], input: URL? = nil) throws -> Child {
    try Child(
      name: name, clientNetwork.prefix + command, log: subfolder(name).appending(path: "log"), input: input)
  }

  /// A new folder that every user may enter.
  func subfolder(_ name: String) throws -> URL {
    let number = count.withLock {
      $0 += 1; return $0
    }
    let url = folder.appending(path: "\(number)-\(name)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  /// A file with that text.
  func file(_ name: String, _ text: String) throws -> URL {
    let url = try subfolder(name).appending(path: name)
    try Data(text.utf8).write(to: url)
    return url
  }
}
