import Shared

/// Reads a group of spaces with joint queries and, when such a query fails, each space by itself, so that one that cannot be
/// read keeps no other from being read.
actor ConfluenceSpacesWalk {
    private let site: ConfluenceSite
    private let reader: ConfluenceReader
    private let spaces: [String]
    private let window: ConfluenceQuery.Window
    private let areConfigured: Bool

    /// Groups that are still to be read; nil until it was looked which spaces there are.
    private var groups: [[String]]?
    private var walk: ConfluenceWalk?
    private var failures: [(space: String, error: SourceError)] = []

    /// - Parameter areConfigured: the spaces were named by a person, so they may not exist.
    init(
        site: ConfluenceSite, instance: String, spaces: [String], areConfigured: Bool, window: ConfluenceQuery.Window
    ) {
        self.site = site
        self.spaces = spaces
        self.areConfigured = areConfigured
        self.window = window
        reader = ConfluenceReader(site: site, instance: instance)
    }

    /// - Throws: after everything that can be read was given: the first failure, with the spaces it and others concern.
    func next() async throws(SourceError) -> [Document]? {
        if groups == nil { groups = [try await readable()] }
        while let group = groups?.first {
            if group.isEmpty {
                groups?.removeFirst()
                continue
            }
            let walk =
                walk ?? ConfluenceWalk(site: site, reader: reader, spaces: group, window: window)
            self.walk = walk
            do throws(SourceError) {
                if let documents = try await walk.next() { return documents }
                groups?.removeFirst()
            } catch {
                groups?.removeFirst()
                try await handle(error, of: group)
            }
            self.walk = nil
        }
        guard let failure = failures.first else { return nil }
        var error = SourceError(failure.error.code, "space \(failure.space): \(failure.error.message)")
        error.scopes = failures.map(\.space)
        throw error
    }

    private func handle(_ error: SourceError, of group: [String]) async throws(SourceError) {
        if error.code == .unauthorized { throw error }
        if group.count == 1 {
            failures.append((group[0], error))
            return
        }
        // A site that does not answer at all is not asked once for each space.
        _ = try await site.currentUser()
        groups?.append(contentsOf: group.map { [$0] })
    }

    /// The spaces without those that cannot be seen: a search would take them for empty.
    private func readable() async throws(SourceError) -> [String] {
        guard areConfigured, !spaces.isEmpty else { return spaces }
        let visible = try await site.visibleSpaces(spaces)
        for space in spaces where visible[space] == nil {
            failures.append((space, ConfluenceSite.notVisible))
        }
        return spaces.filter { visible[$0] != nil }
    }
}
