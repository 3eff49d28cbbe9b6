import Shared

/// Finds out who may read spaces, once for each in one walk.
///
/// Cloud: https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-space-permissions/
/// Data Center, from 9.1 on: https://developer.atlassian.com/server/confluence/rest/v1000/api-group-space-permissions
actor SpaceReaders {
    private let site: ConfluenceSite
    private let lookUps = PrincipalLookUps()

    init(site: ConfluenceSite) { self.site = site }

    /// - Parameter space: `id` and `key` as a listing of pages tells them.
    /// - Returns: nil when the site does not tell.
    func readers(of space: JSONElement?) async throws(SourceError) -> Principals? {
        guard let space, let key = space["key"]?.string, !key.isEmpty else { return nil }
        return try await lookUps.principals(of: key) { () async throws(SourceError) -> Principals? in
            let readers = site.isCloud ? try await onCloud(space) : try await onDataCenter(key)
            return readers?.asReaders
        }
    }

    private func onCloud(_ space: JSONElement) async throws(SourceError) -> Principals? {
        guard let id = space["id"]?.string ?? space["id"]?.int.map(String.init), ConfluenceSearch.isNumeric(id) else {
            return nil
        }
        var readers = Principals()
        let listing = site.listingOfVersion2("spaces/\(id)/permissions", [])
        while let entries = try await listing.next() {
            for entry in entries where Self.isReading(entry["operation"], "key") {
                guard let type = entry["principal"]?["type"]?.string, let id = entry["principal"]?["id"]?.string else {
                    return nil
                }
                switch type {
                case "user": readers.insert(user: id)
                case "group": readers.insert(group: id)
                default: readers.insert(other: type, id)
                }
            }
        }
        return readers
    }

    private func onDataCenter(_ key: String) async throws(SourceError) -> Principals? {
        let path = "/rest/api/space/\(key.percentEncoded)/permissions"
        guard let entries = try await site.client.get(path).array else { return nil }
        var readers = Principals()
        for entry in entries where Self.isReading(entry["operation"], "operationKey") {
            let subject = entry["subject"]
            guard let type = subject?["type"]?.string else { return nil }
            switch type {
            case "user":
                guard let id = subject?["userKey"]?.string ?? subject?["username"]?.string else { return nil }
                readers.insert(user: id)
            case "group":
                guard let name = subject?["name"]?.string else { return nil }
                readers.insert(group: name)
            default: readers.insert(other: type)
            }
        }
        return readers
    }

    private static func isReading(_ operation: JSONElement?, _ name: String) -> Bool {
        operation?[name]?.string == "read" && operation?["targetType"]?.string == "space"
    }
}
