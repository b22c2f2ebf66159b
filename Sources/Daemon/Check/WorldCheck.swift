import Kernel
import Routing
import RuleLanguage
import TLS

/// Something that is to be said of the world that a rules file speaks of.
struct Finding: Sendable, Hashable {
  enum Severity: String, Sendable, Hashable { case error, warning, note }
  var severity: Severity
  /// A sentence without a full stop.
  var message: String

  var json: JSON { .object([("severity", .text(severity.rawValue)), ("message", .text(message))]) }

  func label(_ output: Output) -> String {
    switch severity {
    case .error: output.paint("error:", .boldRed)
    case .warning: output.paint("warning:", .yellow)
    case .note: output.paint("note:", .cyan)
    }
  }
}

/// What a rules file needs of this machine: certificates that can be read, a user that is there.
struct WorldCheck {
  private let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  var findings: [Finding] { certificates + account }

  private var certificates: [Finding] {
    var seen: Set<CertificateFiles> = []
    return configuration.listeners.flatMap(\.certificates).filter { seen.insert($0).inserted }.flatMap { files in
      do throws(TLSError) {
        return findings(try ServerContext([ServerContext.Files(chain: files.chain, key: files.key)]), files)
      } catch {
        return [Finding(severity: .error, message: error.reason)]
      }
    }
  }

  private func findings(_ context: ServerContext, _ files: CertificateFiles) -> [Finding] {
    let warnings = context.warnings.map { Finding(severity: .warning, message: $0) }
    return warnings
      + context.certificates.map { certificate in
        let left = (certificate.validUntil - Int(WallTime.now.milliseconds / 1000)) / 86_400
        let names = certificate.names.joined(separator: ", ")
        return Finding(
          severity: (0..<WorldCheck.daysToRenew).contains(left) ? .warning : .note,
          message: "\(files.chain.printable) is for \(names), \(certificate.key), until \(certificate.expiry)"
            + (left >= 0 ? " (\(left) days)" : ""))
      }
  }

  /// Who renews by machine does it a month before the end.
  private static let daysToRenew = 14

  private var account: [Finding] {
    guard let user = configuration.settings.user else { return [] }
    do throws(UnknownAccount) {
      _ = try Account(user: user, group: configuration.settings.group)
      return []
    } catch {
      return [
        Finding(
          severity: .error,
          message: "settings: \(error.what): there is no \(error.what) \(error.name) on this machine")
      ]
    }
  }
}
