/// One after another, in the order of arrival: for work that waits in between and must not be done twice at a time.
public actor Turns {
    private var isTaken = false
    private var waiting = FIFO<CheckedContinuation<Void, Never>>()

    public init() {}

    /// Waits for a turn. Call ``leave()`` when done.
    public func enter() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    public func leave() {
        if let next = waiting.removeFirst() {
            next.resume()
        } else {
            isTaken = false
        }
    }
}
