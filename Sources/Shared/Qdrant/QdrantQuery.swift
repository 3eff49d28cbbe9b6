/// What a query looks for.
public struct QdrantQuery: Sendable {
    /// One search whose hits a fusion ranks anew.
    public struct Branch: Sendable {
        private enum Target {
            case dense([Float])
            case sparse(String, SparseVector)
        }

        private let target: Target

        /// Nearest to a vector in the unnamed dense space.
        public static func dense(_ vector: [Float]) -> Branch { Branch(target: .dense(vector)) }

        /// Nearest to a sparse vector in the named space.
        public static func sparse(_ name: String, _ vector: SparseVector) -> Branch {
            Branch(target: .sparse(name, vector))
        }

        func writeMembers(to writer: inout JSONWriter) {
            writer.key("query")
            switch target {
            case .dense(let vector):
                writer.value(vector)
            case .sparse(let name, let vector):
                vector.write(to: &writer)
                writer.member("using", name)
            }
        }
    }

    private let branches: [Branch]
    /// Hits that each branch contributes to a fusion.
    private let branchLimit: Int?

    public static func dense(_ vector: [Float]) -> QdrantQuery {
        QdrantQuery(branches: [.dense(vector)], branchLimit: nil)
    }

    public static func sparse(_ name: String, _ vector: SparseVector) -> QdrantQuery {
        QdrantQuery(branches: [.sparse(name, vector)], branchLimit: nil)
    }

    /// Several searches, ranked together by reciprocal rank fusion.
    ///
    /// - Parameter branchLimit: hits that each branch contributes; more than the query's limit, so that a point that is
    ///   second in both beats one that is first in one only.
    public static func fusion(_ branches: [Branch], branchLimit: Int = 50) -> QdrantQuery {
        QdrantQuery(branches: branches, branchLimit: branchLimit)
    }

    func writeMembers(to writer: inout JSONWriter, filter: QdrantFilter?) {
        guard let branchLimit else {
            branches.first?.writeMembers(to: &writer)
            writer.optionalFilter(filter)
            return
        }
        writer.key("prefetch")
        writer.array { writer in
            for branch in branches {
                writer.object { writer in
                    branch.writeMembers(to: &writer)
                    // In each branch, as the filter of a fusion would only thin out what the branches found.
                    writer.optionalFilter(filter)
                    writer.member("limit", branchLimit)
                }
            }
        }
        writer.key("query")
        writer.object { $0.member("fusion", "rrf") }
    }
}

extension JSONWriter {
    mutating func optionalFilter(_ filter: QdrantFilter?) {
        guard let filter, !filter.isEmpty else { return }
        key("filter")
        filter.write(to: &self)
    }

    /// nil means the whole payload, no fields means none.
    mutating func payloadSelection(_ fields: [String]?) {
        if let fields, !fields.isEmpty {
            member("with_payload", fields)
        } else {
            member("with_payload", fields == nil)
        }
    }
}
