/// An error that knows the exit code of a program that ends with it.
///
/// Its description is what the user reads: what is wrong and what to do, without a stack trace or a secret.
public protocol ExitCoded: Error {
    var exitCode: Int32 { get }
}

extension SettingsError: ExitCoded {
    public var exitCode: Int32 { ProgramExit.configuration.rawValue }
}

extension BrokerError: ExitCoded {
    public var exitCode: Int32 {
        switch code {
        case .unauthorized: ProgramExit.unauthorized.rawValue
        // Missing or different exchanges and queues, and limits that were set too low: somebody has to set them up.
        case .topology, .unroutable, .tooLarge: ProgramExit.configuration.rawValue
        case .cancelled: ProgramExit.incomplete.rawValue
        default: ProgramExit.unavailable.rawValue
        }
    }
}

extension HTTPError: ExitCoded {
    public var exitCode: Int32 {
        switch code {
        case .invalidRequest: ProgramExit.configuration.rawValue
        case .cancelled, .responseTooLarge: ProgramExit.incomplete.rawValue
        default: ProgramExit.unavailable.rawValue
        }
    }
}
