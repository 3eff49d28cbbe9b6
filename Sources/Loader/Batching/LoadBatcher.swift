import Shared

/// Joins what concurrent deliveries bring into few large requests, and tells each of them what became of its own.
///
/// Nobody works in the background: the delivery that comes first leads. It waits a few milliseconds for others, unless
/// plenty wait already, loads them all and answers them. While as many groups as allowed are under way, the next one grows.
actor LoadBatcher {
    typealias Load = @Sendable (LoadGroup) async throws(QdrantError) -> Void

    private enum Answer: Sendable {
        case loaded(Result<Void, QdrantError>)
        /// It is your turn to load what waits, your own message first.
        case lead
    }

    /// With fewer points than this at hand, a leader waits for more.
    private static let desiredPoints = 64

    private let groupsAtOnce: Int
    private let patience: Duration
    private let load: Load
    private var queue = LoadQueue<CheckedContinuation<Answer, Never>>()
    private var leaders = 0
    /// A leader waits for others.
    private(set) var isGathering = false

    /// Messages that wait for a leader.
    var waitingCount: Int { queue.count }

    /// - Parameters:
    ///   - groupsAtOnce: groups under way at the same time, each with one request; 2 to 4 keep a shard busy.
    ///   - patience: how long a leader waits for others.
    ///   - load: loads a group; a rejection means that at least one of its messages is at fault.
    init(groupsAtOnce: Int = 3, patience: Duration = .milliseconds(4), load: @escaping Load) {
        self.groupsAtOnce = groupsAtOnce
        self.patience = patience
        self.load = load
    }

    /// Loads a message, together with others that come at the same time.
    ///
    /// - Throws: ``QdrantError``; a rejection is about this message and no other.
    func load(_ item: LoadItem) async throws(QdrantError) {
        while true {
            let answer = await withCheckedContinuation { continuation in
                queue.append(item, continuation)
                appointLeader()
            }
            let result: Result<Void, QdrantError>
            switch answer {
            case .loaded(let fromLeader): result = fromLeader
            case .lead: result = await lead(item)
            }
            // The leader was cancelled, not we: somebody else leads the next group.
            if case .failure(let error) = result, error.code == .cancelled, !Task.isCancelled { continue }
            return try result.get()
        }
    }

    private func appointLeader() {
        guard !isGathering, leaders < groupsAtOnce, let first = queue.removeFirst() else { return }
        leaders += 1
        isGathering = true
        first.waiter.resume(returning: .lead)
    }

    /// Loads our item and what waits with it, and answers the others.
    private func lead(_ own: LoadItem) async -> Result<Void, QdrantError> {
        if queue.pointCount + own.message.vectors.count < Self.desiredPoints {
            // Cancelled: the load below says so.
            try? await Task.sleep(for: patience)
        }
        let others = queue.take(with: own)
        isGathering = false
        appointLeader()
        let results = await results(of: [own] + others.map(\.item))
        for (entry, result) in zip(others, results.dropFirst()) { entry.waiter.resume(returning: .loaded(result)) }
        leaders -= 1
        appointLeader()
        return results[0]
    }

    /// Loads a group; where Qdrant refuses it, its halves, down to single messages: one of them is to blame, not all.
    private func results(of items: [LoadItem]) async -> [Result<Void, QdrantError>] {
        do throws(QdrantError) {
            try await load(LoadGroup(items))
            return items.map { _ in .success(()) }
        } catch {
            guard error.isRejection, items.count > 1 else { return items.map { _ in .failure(error) } }
            let middle = items.count / 2
            return await results(of: Array(items[..<middle])) + results(of: Array(items[middle...]))
        }
    }
}
