/// Every diagnostic that there is. The raw value is what is printed, and what `docs/rules.md` and fixtures/rules/bad call it.
public enum DiagnosticKind: String, Sendable, Hashable, CaseIterable {
  // The text.
  case notUTF8 = "not-utf-8"
  case controlCharacter = "control-character"
  case tooLarge = "too-large"
  case emptyFile = "empty-file"
  case badYAML = "bad-yaml"
  case severalDocuments = "several-documents"
  case tooDeep = "too-deep"
  case alias
  case tag
  case mergeKey = "merge-key"

  // Keys.
  case badKey = "bad-key"
  case duplicateKey = "duplicate-key"
  case unknownKey = "unknown-key"
  case missingKey = "missing-key"
  case exclusiveKeys = "exclusive-keys"
  case keyWithoutUse = "key-without-use"

  // Values.
  case wrongType = "wrong-type"
  case noUnit = "no-unit"
  case badValue = "bad-value"
  case badAddress = "bad-address"
  case badPattern = "bad-pattern"
  case badReply = "bad-reply"
  case emptyList = "empty-list"
  case emptyCondition = "empty-condition"
  case notBuiltIn = "not-built-in"

  // Names.
  case unknownName = "unknown-name"
  case duplicateName = "duplicate-name"
  case duplicateDoor = "duplicate-door"

  // What cannot work.
  case openRelay = "open-relay"
  case noCertificate = "no-certificate"
  case impossibleAddress = "impossible-address"
  case loop

  /// More is wrong than can be said at once.
  case andMore = "and-more"

  // Warnings.
  case neverMatches = "never-matches"
  case contradiction
  case neverKnown = "never-known"
  case unanswered
  case tlsMismatch = "tls-mismatch"
  case unusedServer = "unused-server"
  case unusedCertificates = "unused-certificates"
  case hiddenClient = "hidden-client"
  case addressFamily = "address-family"
  case unknownVerb = "unknown-verb"
}
