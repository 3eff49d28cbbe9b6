import Shared

/// Why a source could not be read.
package struct SourceError: Error, CustomStringConvertible {
    package enum Code {
        /// Login refused or not permitted: exit 77.
        case unauthorized
        /// Not reachable or answering with a server's fault after several tries.
        case unavailable
        /// An answer that is not what the API promises (truncated, HTML, repeated cursor, foreign link).
        case unexpectedAnswer
        /// The request is refused as wrong, for example an invalid query.
        case rejected
    }

    package let code: Code
    /// What happened and what to do, without token or document text.
    package let message: String
    /// A smaller page may be answered where this one was not.
    package var mayBeTooHeavy = false
    /// There was no answer within the time for it.
    package var isSilent = false
    /// The account is known and only this is not permitted.
    var isForbidden = false

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

extension SourceError: ExitCoded {
    package var exitCode: Int32 {
        switch code {
        case .unauthorized: ProgramExit.unauthorized.rawValue
        case .unavailable: ProgramExit.unavailable.rawValue
        case .unexpectedAnswer, .rejected: ProgramExit.incomplete.rawValue
        }
    }
}
