import TestSupport

/// Lets one of several tasks go on at a time, chosen at random from a seed, so that a schedule can be repeated.
///
/// A task runs from one ``turn(_:)`` to its next; the choice is made when every task that is still alive waits.
actor TurnTaker {
    private var random: SeededGenerator
    private var alive: Int
    private var waiting: [(task: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(seed: UInt64, tasks: Int) {
        random = SeededGenerator(state: seed)
        alive = tasks
    }

    /// Waits until it is `task`'s turn.
    func turn(_ task: Int) async {
        await withCheckedContinuation { continuation in
            waiting.append((task, continuation))
            choose()
        }
    }

    /// The task that is at work ends.
    func leave() {
        alive -= 1
        choose()
    }

    private func choose() {
        guard waiting.count == alive, alive > 0 else { return }
        // Sorted, because the order of arrival at the start depends on threads.
        waiting.sort { $0.task < $1.task }
        waiting.remove(at: Int.random(in: 0..<waiting.count, using: &random)).continuation.resume()
    }
}
