/// What `usher --version` says: the one place where it stands.
public let version = "0.1.0"
