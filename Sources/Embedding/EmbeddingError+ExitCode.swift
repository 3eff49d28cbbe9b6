public import Shared

extension EmbeddingError: ExitCoded {
    public var exitCode: Int32 {
        switch code {
        case .credentials, .quotaExhausted: ProgramExit.unauthorized.rawValue
        case .notFound, .wrongDimension, .modelChanged, .modelUnusable: ProgramExit.configuration.rawValue
        case _ where isRetriable || code == .invalidResponse: ProgramExit.unavailable.rawValue
        default: ProgramExit.incomplete.rawValue
        }
    }

    /// Whether it is the text that is refused, not the service that fails: others may still be embedded.
    public var isRejection: Bool { !isRetriable && !isFatal && code != .cancelled }
}
