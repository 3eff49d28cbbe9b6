import Shared

/// One delivery's message on its way into a group.
struct LoadItem: Sendable {
    let message: VectorsMessage
    let run: String

    /// About what it adds to a request's body: a number is some 11 characters of JSON, and a sparse one comes with its index.
    var bytes: Int {
        message.vectors.reduce(0) {
            $0 + $1.content.utf8.count + ($1.vector.count + 2 * ($1.sparse?.indices.count ?? 0)) * 11 + 1024
        }
    }

    /// Whether both may be in one group.
    func fits(_ other: LoadItem) -> Bool {
        message.fingerprint == other.message.fingerprint && message.dimension == other.message.dimension
    }
}

extension LoadGroup {
    init(_ items: some Collection<LoadItem>) {
        self.init(fingerprint: items.first?.message.fingerprint ?? "")
        for item in items { append(item.message, run: item.run) }
    }
}
