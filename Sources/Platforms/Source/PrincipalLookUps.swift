/// Who is admitted to what, each asked for once in one walk: permissions may change until the next one.
///
/// **Isolation**: belongs to the actor that made it, on which everything runs; not `Sendable`.
final class PrincipalLookUps {
    private var known: [String: Principals?] = [:]

    /// What the site tells; nil when it does not tell this account, or knows no such question. A document can do without.
    ///
    /// - Parameters:
    ///   - place: what is asked for.
    ///   - ask: asks the site.
    /// - Throws: what `ask` throws, unless it is only this that the account may not see.
    func principals(
        of place: String, isolation: isolated (any Actor)? = #isolation,
        _ ask: () async throws(SourceError) -> Principals?
    ) async throws(SourceError) -> Principals? {
        if let known = known[place] { return known }
        let told: Principals?
        do {
            told = try await ask()
        } catch {
            guard error.isForbidden || error.code == .rejected else { throw error }
            told = nil
        }
        known.updateValue(told, forKey: place)
        return told
    }
}
