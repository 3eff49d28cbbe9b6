/// What a handler says of one delivery. Only the worker loop settles, once, after what the outcome asks for is safe.
public enum Outcome: Sendable {
    /// The next stage has it. `rejected` members failed for good and go to the dead letters on their own.
    case done(rejected: [RejectedPart] = [])
    /// A passing fault of this message: try again later, at the cost of an attempt.
    case retry(Fault)
    /// A service that every message needs is down: keep the delivery and try again when it answers. Costs no attempt.
    case unavailable(Fault)
    /// Will never succeed: the whole message goes to the dead letters.
    case deadLetter(Fault)
    /// Our own shutdown: hand it back. Costs no attempt.
    case postpone
    /// The whole process cannot work (credentials, settings): hand it back and stop the worker.
    case stop(any Error)
}

/// Why a message or a part of it could not be worked on.
public struct Fault: Sendable, Equatable {
    /// A bounded word: dead letters are filtered by it, metrics labelled with it.
    public let reason: String
    /// What happened, without document text or secrets.
    public let detail: String

    public init(_ reason: String, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

/// A part of a message that failed for good while the rest went on.
public struct RejectedPart: Sendable {
    /// A complete body of the same type with this part only, so that it can be replayed.
    public let body: [UInt8]
    public let documentID: String
    public let fault: Fault

    public init(body: [UInt8], documentID: String, fault: Fault) {
        self.body = body
        self.documentID = documentID
        self.fault = fault
    }
}
