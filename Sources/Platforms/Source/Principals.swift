import Shared

/// Who is admitted to something: people, members of groups, and whoever else the site names.
struct Principals: Sendable {
    /// Every point of a document carries them. A longer list counts as not told.
    private static let most = 250

    private(set) var users: Set<String> = []
    private(set) var groups: Set<String> = []
    /// `anonymous`, `reporter`, `projectRole:10002`: as the site words it, a type or a type and what it stands for.
    private(set) var others: Set<String> = []

    private var count: Int { users.count + groups.count + others.count }
    var isEmpty: Bool { count == 0 }
    var isTooLong: Bool { count > Self.most }

    mutating func insert(user: String) { users.insert(TextCleaner.clean(user)) }

    mutating func insert(group: String) { groups.insert(TextCleaner.clean(group)) }

    mutating func insert(other type: String, _ parameter: String? = nil) {
        others.insert(TextCleaner.clean(parameter.map { "\(type):\($0)" } ?? type))
    }

    mutating func formUnion(_ more: Principals) {
        users.formUnion(more.users)
        groups.formUnion(more.groups)
        others.formUnion(more.others)
    }

    /// The same as the readers of something that our account reads; nil when the list is too long, or empty, as then it does
    /// not name whoever admits us.
    var asReaders: Principals? { isEmpty || isTooLong ? nil : self }

    /// One text for a version key.
    var fingerprint: String {
        [("u", users), ("g", groups), ("o", others)].map { sign, names in
            names.sorted().map { "\(sign)\($0.utf8.count):\($0)" }.joined()
        }.joined()
    }

    /// Writes `users`, `groups` and, where there are any, `others` into the object that is open, each in order.
    func writeMembers(to writer: inout JSONWriter) {
        writer.member("users", users.sorted())
        writer.member("groups", groups.sorted())
        if !others.isEmpty { writer.member("others", others.sorted()) }
    }
}

extension JSONWriter {
    /// Writes a member unless it is not known.
    mutating func optionalMember(_ name: String, _ principals: Principals?) {
        guard let principals else { return }
        key(name)
        object { principals.writeMembers(to: &$0) }
    }
}
