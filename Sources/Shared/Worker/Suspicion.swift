/// How far a delivery is suspected of killing the process that works on it.
///
/// A crash leaves one trace only: the broker counts, in `x-delivery-count`, how often it took a delivery back. It counts for
/// everything that the process had been given, so innocent neighbours look just like the culprit. Hence three steps:
///
/// 1. A message that came back ``limit`` times is taken apart: each document goes back to the queue as a message of its own,
///    marked `x-suspect` and with a count of zero.
/// 2. A marked message is worked on alone: nothing else is under way in the process, and the other marked ones that were
///    counted before are put back with a count of zero first (``WorkSlots``). So its count grows by its own crashes only.
/// 3. A marked message that came back ``limit`` times goes to the dead letters as `crash_loop`.
///
/// Handing back at our own shutdown is no crash, though RabbitMQ 3 counts it: a delivery that would reach the limit by it is
/// put back with a count of zero instead.
struct Suspicion: Sendable, Equatable {
    static let header = "x-suspect"
    static let limit = 3

    /// Times that the broker took it back.
    let returns: Int
    /// One document, to be worked on alone.
    let isMarked: Bool

    init(_ properties: MessageProperties) {
        returns = max(0, Int(clamping: properties.headers["x-delivery-count"]?.int ?? 0))
        isMarked = properties.headers[Self.header] != nil
    }

    var mustBeTakenApart: Bool { !isMarked && returns >= Self.limit }
    var isGuilty: Bool { isMarked && returns >= Self.limit }
    /// Whether a marked one counts again from zero before another suspect is worked on.
    var mustStepAside: Bool { isMarked && returns > 0 }
    /// Whether handing it back could make it look guilty.
    var wouldSufferByReturn: Bool { isMarked ? returns > 0 : returns >= Self.limit - 1 }
}
