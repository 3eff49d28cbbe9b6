/// Which points an operation is about (https://qdrant.tech/documentation/concepts/filtering/).
///
/// A point passes when all of `must`, at least one of `should` (if there are any) and none of `mustNot` hold. An empty
/// filter passes every point.
public struct QdrantFilter: Sendable, Equatable {
    public var must: [QdrantCondition]
    public var should: [QdrantCondition]
    public var mustNot: [QdrantCondition]

    public init(must: [QdrantCondition] = [], should: [QdrantCondition] = [], mustNot: [QdrantCondition] = []) {
        self.must = must
        self.should = should
        self.mustNot = mustNot
    }

    /// Whether nothing is asked for: every point passes. Filters within the filter are looked into.
    public var isEmpty: Bool {
        must.allSatisfy(\.isEmpty) && (should.isEmpty || should.contains(where: \.isEmpty)) && mustNot.isEmpty
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for (name, conditions) in [("must", must), ("should", should), ("must_not", mustNot)]
            where !conditions.isEmpty {
                writer.key(name)
                writer.array { writer in for condition in conditions { condition.write(to: &writer) } }
            }
        }
    }
}
