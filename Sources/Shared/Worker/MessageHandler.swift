/// The work of one stage on one delivery. It never settles: it returns once its effects are safe downstream.
public protocol MessageHandler: Sendable {
    /// Called concurrently, up to the worker's concurrency. Cancelled when the shutdown's time is up.
    func handle(_ delivery: Delivery) async -> Outcome

    /// Complete bodies of the same type with one document each; the whole body where it cannot be taken apart.
    func parts(of delivery: Delivery) -> [[UInt8]]
}

extension MessageHandler {
    public func parts(of delivery: Delivery) -> [[UInt8]] { [delivery.body] }
}
