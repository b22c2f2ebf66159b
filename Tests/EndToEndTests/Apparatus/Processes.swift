import Foundation

// What runs inside of a program that a test started: a mail server is many processes, in an image of its own.

extension Child {
  /// Its children and theirs, by process id as this machine has them, with their names.
  var descendants: [(pid: pid_t, name: String)] { Self.descendants(of: pid) }

  /// The one that a mail server begins with, as soon as it runs.
  func daemon(named name: String) async throws -> Daemon {
    Daemon(pid: try await first("\(name) runs", or: { self.output }) { descendants.first { $0.name == name }?.pid })
  }

  fileprivate static func descendants(of pid: pid_t) -> [(pid: pid_t, name: String)] {
    children(of: pid).flatMap { child in [(child, name(of: child))] + descendants(of: child) }
  }

  private static func children(of pid: pid_t) -> [pid_t] {
    text("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
  }

  private static func name(of pid: pid_t) -> String {
    text("/proc/\(pid)/comm").trimmingCharacters(in: .newlines)
  }

  private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}

/// The process of a mail server whose children do the work.
struct Daemon: Sendable {
  let pid: pid_t

  func signal(_ number: Int32) { kill(pid, number) }

  /// Ends it and all its children in one moment, as a power cut does.
  func die() { for process in [pid] + Child.descendants(of: pid).map(\.pid) { kill(process, SIGKILL) } }

  /// A file as it sees it.
  func file(_ path: String) -> URL { URL(filePath: "/proc/\(pid)/root\(path)") }
}

extension MailServer {
  /// Starts anew when it ends, a moment later.
  var restarting: MailServer {
    MailServer(name: name, image: image, introductions: introductions) { site in
      script(site).replacing("\nexec ", with: "\nwhile sleep 0.2; do setsid --wait ") + " || true; done\n"
    }
  }

  /// A folder of it is a disk of its own, of that many bytes.
  func with(_ folder: String, ofBytes size: Int) -> MailServer {
    MailServer(name: name, image: image, introductions: introductions) { site in
      """
      cp -a \(folder) /disk
      mount -t tmpfs -o size=\(size) tmpfs \(folder)
      cp -a /disk/. \(folder)
      \(script(site))
      """
    }
  }
}
