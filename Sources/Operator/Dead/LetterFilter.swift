/// Which dead letters are meant; nil takes any.
struct LetterFilter: Sendable {
    var ids: Set<String>?
    var source: String?
    var document: String?
    var reason: String?
    var run: String?

    func matches(_ letter: Letter) -> Bool {
        (ids?.contains(letter.id) ?? true) && matches(source, letter.source) && matches(reason, letter.reason)
            && matches(run, letter.run) && (document.map(letter.documents.contains) ?? true)
    }

    private func matches(_ wanted: String?, _ found: String) -> Bool { wanted == nil || wanted == found }
}
