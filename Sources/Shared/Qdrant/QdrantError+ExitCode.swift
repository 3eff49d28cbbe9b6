extension QdrantError: ExitCoded {
    public var exitCode: Int32 {
        switch code {
        case .credentialsRefused: ProgramExit.unauthorized.rawValue
        case .misconfigured, .collectionMissing: ProgramExit.configuration.rawValue
        case .cancelled, .rejected, .tooCostly, .alreadyExists: ProgramExit.incomplete.rawValue
        default: ProgramExit.unavailable.rawValue
        }
    }
}
