import Shared

/// What pruning is about to remove, scope by scope, and what the brake holds back.
struct RemovalPlan: Sendable {
    /// A scope with documents that are gone at the source.
    struct Scope: Sendable {
        let name: String
        /// Documents of the scope that are loaded.
        let loaded: Int
        /// The newest marker of each one that is gone.
        let gone: [Marker]
        /// More is gone than `--max-removals` allows, and more than ``fewest``.
        let isPastLimit: Bool

        var share: Double { loaded == 0 ? 0 : Double(gone.count) / Double(loaded) }
    }

    /// So many may always go, unless the limit is 0%: in a project of four issues one that is deleted is a quarter.
    static let fewest = 3

    let scopes: [Scope]
    /// `--max-removals`.
    let limit: Double
    /// `--force`: the limit does not hold.
    let forces: Bool

    init(_ findings: [(name: String, loaded: Int, gone: [Marker])], limit: Double, forces: Bool) {
        self.limit = limit
        self.forces = forces
        scopes = findings.filter { !$0.gone.isEmpty }.map { name, loaded, gone in
            let most = limit > 0 ? max(limit * Double(loaded), Double(Self.fewest)) : 0
            return Scope(name: name, loaded: loaded, gone: gone, isPastLimit: Double(gone.count) > most)
        }
    }

    /// Scopes in which nothing is removed because too much would be.
    var heldBack: [Scope] { forces ? [] : scopes.filter(\.isPastLimit) }

    /// Markers of the documents to remove.
    var removals: [Marker] { scopes.filter { forces || !$0.isPastLimit }.flatMap(\.gone) }

    /// A table for people, nil when nothing is gone.
    func text(for terminal: Terminal) -> String? {
        guard !scopes.isEmpty else { return nil }
        var table = TextTable([
            .init("scope", isFlexible: true), .init("loaded", .right), .init("gone", .right), .init("share", .right),
            .init("plan", isFlexible: true),
        ])
        for scope in scopes {
            table.add([
                scope.name, "\(scope.loaded)", "\(scope.gone.count)", Self.percent(scope.share), decision(scope),
            ])
        }
        return table.rendered(for: terminal)
    }

    func decision(_ scope: Scope) -> String {
        switch (scope.isPastLimit, forces) {
        case (false, _): "remove"
        case (true, true): "remove, as --force says: past \(Self.percent(limit))"
        case (true, false): "keep: past \(Self.percent(limit)) (--max-removals)"
        }
    }

    static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
    }
}
