import Shared

/// Judges a point by a filter as Qdrant does, for the conditions that the loader uses.
enum SimulatedFilter {
    static func matches(_ id: String, _ payload: JSONElement, _ filter: JSONElement?) -> Bool {
        guard let filter else { return true }
        let must = conditions(filter["must"])
        let should = conditions(filter["should"])
        let mustNot = conditions(filter["must_not"])
        return must.allSatisfy { holds($0, id, payload) }
            && (should.isEmpty || should.contains { holds($0, id, payload) })
            && !mustNot.contains { holds($0, id, payload) }
    }

    private static func conditions(_ element: JSONElement?) -> [JSONElement] {
        guard let element, !element.isNull else { return [] }
        return element.array.map { Array($0) } ?? [element]
    }

    private static func holds(_ condition: JSONElement, _ id: String, _ payload: JSONElement) -> Bool {
        if let ids = condition["has_id"]?.array { return ids.contains { $0.string == id } }
        guard let key = condition["key"]?.string else { return matches(id, payload, condition) }
        guard let field = payload[key] else { return false }
        if let range = condition["range"] {
            guard let number = field.double else { return false }
            return (range["lt"]?.double).map { number < $0 } ?? true
        }
        guard let match = condition["match"] else { return false }
        if let any = match["any"]?.array { return any.contains { isSame($0, field) } }
        return match["value"].map { isSame($0, field) } ?? false
    }

    private static func isSame(_ left: JSONElement, _ right: JSONElement) -> Bool { left.text == right.text }
}
