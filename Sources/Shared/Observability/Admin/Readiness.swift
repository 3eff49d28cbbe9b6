/// A part of the program that does not work at the moment.
public struct FailingPart: Sendable, Equatable {
    /// A bounded word: `broker`, `qdrant`, `embedding`.
    public let part: String
    /// What is wrong, free of secrets.
    public let reason: String

    public init(_ part: String, _ reason: String) {
        self.part = part
        self.reason = reason
    }
}

/// Tells what does not work at the moment; empty means ready. Asked for every request, so it answers from what is known.
public typealias Readiness = @Sendable () async -> [FailingPart]
