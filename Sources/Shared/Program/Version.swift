/// The version of all programs, as `--version` prints it.
public let version = "0.1.0"

/// Version of the code that makes Markdown of a source's format; part of the pipeline's fingerprint. Raise it whenever the
/// same body gives other Markdown, so that documents are made anew.
public let converterVersion = "2"
