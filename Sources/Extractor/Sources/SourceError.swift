/// Why a source could not be read.
struct SourceError: Error, CustomStringConvertible {
    enum Code {
        /// Login refused or not permitted: exit 77.
        case unauthorized
        /// Not reachable or answering with a server's fault after several tries.
        case unavailable
        /// An answer that is not what the API promises (truncated, HTML, repeated cursor, foreign link).
        case unexpectedAnswer
        /// The request is refused as wrong, for example an invalid query.
        case rejected
    }

    let code: Code
    /// What happened and what to do, without token or document text.
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { message }
}
