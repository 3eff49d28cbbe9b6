import Shared

/// Reading who may read one page: nobody in particular means everybody who reads its space.
enum ReadRestriction {
    /// What a listing has to expand to tell it.
    static let expand = ["restrictions.read.restrictions.user", "restrictions.read.restrictions.group"]

    /// The restriction of a page as a listing tells it, empty when it has none. nil when it is not told, or not to its end.
    static func of(_ page: JSONElement) -> Principals? {
        let lists = page["restrictions"]?["read"]?["restrictions"]
        guard let users = names(lists?["user"], ["accountId", "userKey", "username"]),
            let groups = names(lists?["group"], ["id", "name"])
        else { return nil }
        var principals = Principals()
        for user in users { principals.insert(user: user) }
        for group in groups { principals.insert(group: group) }
        return principals.isTooLong ? nil : principals
    }

    private static func names(_ list: JSONElement?, _ keys: [String]) -> [String]? {
        guard let list, let results = list["results"]?.array else { return nil }
        var names: [String] = []
        for principal in results {
            guard let name = keys.lazy.compactMap({ principal[$0]?.string }).first else { return nil }
            names.append(name)
        }
        // A full list may go on, and part of it would be no answer.
        if let limit = list["limit"]?.int, names.count >= limit, !names.isEmpty { return nil }
        return names
    }
}
