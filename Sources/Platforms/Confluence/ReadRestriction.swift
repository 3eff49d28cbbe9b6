import Shared

/// Who may read one page: these people and members of these groups; everybody who reads the space when both are empty.
struct ReadRestriction: Sendable {
    /// What a listing has to expand to tell it.
    static let expand = ["restrictions.read.restrictions.user", "restrictions.read.restrictions.group"]

    /// Account ids on Cloud, user names on Data Center.
    var users: [String]
    /// Names.
    var groups: [String]

    var isOpen: Bool { users.isEmpty && groups.isEmpty }

    /// The restriction of a page as a listing tells it. nil when it is not told, or not to its end.
    init?(of page: JSONElement) {
        let lists = page["restrictions"]?["read"]?["restrictions"]
        guard let users = Self.names(lists?["user"], ["accountId", "username", "userKey"]),
            let groups = Self.names(lists?["group"], ["name", "id"])
        else { return nil }
        self.users = users
        self.groups = groups
    }

    private static func names(_ list: JSONElement?, _ keys: [String]) -> [String]? {
        guard let list, let results = list["results"]?.array else { return nil }
        var names: [String] = []
        var count = 0
        for principal in results {
            count += 1
            guard let name = keys.lazy.compactMap({ principal[$0]?.string }).first else { return nil }
            names.append(TextCleaner.clean(name))
        }
        // A full list may go on, and part of it would be no answer.
        if let limit = list["limit"]?.int, count >= limit, count > 0 { return nil }
        return names.sorted()
    }
}

/// Who may read a page: every level that is restricted, pages above it and the page itself, must admit the reader.
struct PageReaders: Sendable {
    struct Level: Sendable {
        let id: String
        let restriction: ReadRestriction
    }

    var levels: [Level]

    /// One text for each level, for a version key.
    var fingerprint: [String] {
        levels.map { level in
            let users = level.restriction.users.map { "u\($0.utf8.count):\($0)" }
            let groups = level.restriction.groups.map { "g\($0.utf8.count):\($0)" }
            return "\(level.id):" + (users + groups).joined()
        }
    }
}
