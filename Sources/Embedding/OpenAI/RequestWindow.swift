/// How many requests may be under way: more with every success, half as many once the server is overloaded, none while it
/// asked for a pause.
///
/// Additive increase and multiplicative decrease, as TCP does it: replicas that share a server end up with equal shares.
struct RequestWindow {
    private static let start = 4.0

    private let maximum: Double
    private var limit: Double
    private var underWay = 0
    private var pauses = 0
    /// Counts the decreases; requests that were under way at one cannot cause another.
    private var generation = 0

    /// - Parameter maximum: at least 1.
    init(maximum: Int) {
        self.maximum = Double(maximum)
        limit = min(Self.start, self.maximum)
    }

    var hasRoom: Bool { pauses == 0 && underWay < Int(limit) }

    /// A request begins.
    ///
    /// - Returns: what ``ended(_:isOverload:)`` wants to know.
    mutating func began() -> Int {
        underWay += 1
        return generation
    }

    /// - Parameter isOverload: nil means that it says nothing of the server.
    mutating func ended(_ generation: Int, isOverload: Bool?) {
        underWay -= 1
        switch isOverload {
        case true? where generation == self.generation:
            limit = max(1, limit / 2)
            self.generation += 1
        case false?: limit = min(maximum, limit + 1 / limit)
        default: break
        }
    }

    mutating func pause() { pauses += 1 }
    mutating func resume() { pauses -= 1 }
}
