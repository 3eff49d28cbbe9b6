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
    /// The account is known and only this is not permitted.
    var isForbidden = false

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// What the site tells; nil when it does not tell this account, or knows no such question. For what a document can do
    /// without.
    static func unlessWithheld<Answer>(
        isolation: isolated (any Actor)? = #isolation, _ ask: () async throws(SourceError) -> Answer
    ) async throws(SourceError) -> Answer? {
        do {
            return try await ask()
        } catch {
            guard error.isForbidden || error.code == .rejected else { throw error }
            return nil
        }
    }
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
