import Shared

extension ConfluenceSite {
    static func notVisible(_ space: String) -> SourceError {
        SourceError(
            .rejected,
            "Confluence: space \(space.shortened(100)) is not there, or the account may not see it; keys are case-sensitive"
        )
    }

    /// Keys of all spaces that the account sees, archived ones left out.
    func spaces() async throws(SourceError) -> [String] {
        var keys: [String] = []
        for space in try await spaceListing([("status", "current")]).all() {
            if let key = space["key"]?.string, !key.isEmpty, !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// Ids of those spaces that the account sees, by key.
    func visibleSpaces(_ keys: [String]) async throws(SourceError) -> [String: String] {
        let filter =
            isCloud ? [("keys", keys.joined(separator: ","))] : keys.map { ("spaceKey", $0) }
        var ids: [String: String] = [:]
        for space in try await spaceListing(filter).all() {
            guard let key = space["key"]?.string else { continue }
            ids[key] = space["id"]?.string ?? space["id"]?.int.map(String.init)
        }
        return ids
    }

    private func spaceListing(_ filter: [(String, String)]) -> ConfluenceListing {
        isCloud ? listingOfVersion2("spaces", filter) : listingByOffset("space", filter, size: 100)
    }
}
