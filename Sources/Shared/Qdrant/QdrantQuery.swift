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
    private let fusion: Fusion?

    private struct Fusion {
        var weights: [Double]
        var k: Int
        /// Hits that each branch contributes.
        var branchLimit: Int
    }

    public static func dense(_ vector: [Float]) -> QdrantQuery {
        QdrantQuery(branches: [.dense(vector)], fusion: nil)
    }

    public static func sparse(_ name: String, _ vector: SparseVector) -> QdrantQuery {
        QdrantQuery(branches: [.sparse(name, vector)], fusion: nil)
    }

    /// Several searches, ranked together by weighted reciprocal rank fusion (servers from 1.17 on).
    ///
    /// A hit at rank r, from 1, of a branch with weight w is worth 1 / (r / w + k − 1); a point is worth the sum over its
    /// branches. Read it as: a branch with weight ½ has every second place only. Equal weights are plain RRF.
    ///
    /// **Source**: Qdrant, `lib/segment/src/common/reciprocal_rank_fusion.rs`.
    /// - Parameters:
    ///   - branches: each with its weight, above 0.
    ///   - k: at least 1; the larger, the less the first ranks stand out.
    ///   - branchLimit: hits that each branch contributes; more than the query's limit, so that a point that is second in
    ///     both beats one that is first in one only.
    public static func fusion(
        _ branches: [(branch: Branch, weight: Double)], k: Int, branchLimit: Int
    ) -> QdrantQuery {
        QdrantQuery(
            branches: branches.map(\.branch),
            fusion: Fusion(weights: branches.map(\.weight), k: k, branchLimit: branchLimit))
    }

    func writeMembers(to writer: inout JSONWriter, filter: QdrantFilter?) {
        guard let fusion else {
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
                    writer.member("limit", fusion.branchLimit)
                }
            }
        }
        writer.key("query")
        writer.object { writer in
            writer.key("rrf")
            writer.object { writer in
                writer.member("k", fusion.k)
                writer.key("weights")
                writer.array { writer in for weight in fusion.weights { writer.value(weight) } }
            }
        }
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
