/// One condition of a filter.
///
/// Conditions on payload fields want a payload index on the field; a condition on a missing field is false.
public struct QdrantCondition: Sendable, Equatable {
    private indirect enum Kind: Equatable {
        case match(String, QdrantScalar)
        case matchAny(String, [QdrantScalar])
        case range(String, [Bound])
        case isEmpty(String)
        case hasID([PointID])
        case filter(QdrantFilter)
    }

    private struct Bound: Equatable {
        let name: String
        let value: QdrantScalar

        init?(_ name: String, _ value: QdrantScalar?) {
            guard let value else { return nil }
            self.name = name
            self.value = value
        }
    }

    private let kind: Kind

    /// The field's value, or one of its values, is `value`.
    public static func match(_ field: String, _ value: QdrantScalar) -> QdrantCondition {
        QdrantCondition(kind: .match(field, value))
    }

    public static func match(_ field: String, _ value: String) -> QdrantCondition { match(field, .text(value)) }

    public static func match(_ field: String, _ value: Int) -> QdrantCondition { match(field, .integer(value)) }

    /// The field's value is one of `values`; false when there are none.
    public static func matchAny(_ field: String, _ values: [String]) -> QdrantCondition {
        QdrantCondition(kind: .matchAny(field, values.map { .text($0) }))
    }

    public static func matchAny(_ field: String, _ values: [Int]) -> QdrantCondition {
        QdrantCondition(kind: .matchAny(field, values.map { .integer($0) }))
    }

    /// The field's number lies within all bounds given. Qdrant compares as 64-bit floats: exact up to 2^53.
    public static func range(
        _ field: String, greaterThan: Int? = nil, atLeast: Int? = nil, lessThan: Int? = nil, atMost: Int? = nil
    ) -> QdrantCondition {
        bounds(
            field, greaterThan.map { .integer($0) }, atLeast.map { .integer($0) }, lessThan.map { .integer($0) },
            atMost.map { .integer($0) })
    }

    /// The field's time lies within all bounds given, RFC 3339 texts. Needs an index of type datetime.
    public static func timeRange(
        _ field: String, after: String? = nil, from: String? = nil, before: String? = nil, until: String? = nil
    ) -> QdrantCondition {
        bounds(
            field, after.map { .text($0) }, from.map { .text($0) }, before.map { .text($0) },
            until.map { .text($0) })
    }

    /// The field is missing, null or an empty array.
    public static func isEmpty(_ field: String) -> QdrantCondition { QdrantCondition(kind: .isEmpty(field)) }

    /// The point is one of these.
    public static func hasID(_ ids: [PointID]) -> QdrantCondition { QdrantCondition(kind: .hasID(ids)) }

    /// A filter within the filter.
    public static func filter(_ filter: QdrantFilter) -> QdrantCondition { QdrantCondition(kind: .filter(filter)) }

    /// Whether every point passes.
    var isEmpty: Bool {
        if case .filter(let filter) = kind { filter.isEmpty } else { false }
    }

    private static func bounds(
        _ field: String, _ gt: QdrantScalar?, _ gte: QdrantScalar?, _ lt: QdrantScalar?, _ lte: QdrantScalar?
    ) -> QdrantCondition {
        let bounds = [Bound("gt", gt), Bound("gte", gte), Bound("lt", lt), Bound("lte", lte)]
        return QdrantCondition(kind: .range(field, bounds.compactMap { $0 }))
    }

    func write(to writer: inout JSONWriter) {
        switch kind {
        case .match(let field, let value):
            Self.field(field, "match", to: &writer) { writer in
                writer.key("value")
                value.write(to: &writer)
            }
        case .matchAny(let field, let values):
            Self.field(field, "match", to: &writer) { writer in
                writer.key("any")
                writer.array { writer in for value in values { value.write(to: &writer) } }
            }
        case .range(let field, let bounds):
            Self.field(field, "range", to: &writer) { writer in
                for bound in bounds {
                    writer.key(bound.name)
                    bound.value.write(to: &writer)
                }
            }
        case .isEmpty(let field):
            writer.object { writer in
                writer.key("is_empty")
                writer.object { $0.member("key", field) }
            }
        case .hasID(let ids):
            writer.object { $0.member("has_id", ids.map(\.description)) }
        case .filter(let filter):
            filter.write(to: &writer)
        }
    }

    private static func field(
        _ field: String, _ test: String, to writer: inout JSONWriter, _ body: (inout JSONWriter) -> Void
    ) {
        writer.object { writer in
            writer.member("key", field)
            writer.key(test)
            writer.object(body)
        }
    }
}
