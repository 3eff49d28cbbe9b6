import Logging
import Shared

/// What a form of the page of dead letters asks for.
struct DeadAction {
    enum Kind: String {
        case replay
        case discard

        var past: String {
            switch self {
            case .replay: "Replayed"
            case .discard: "Discarded"
            }
        }
    }

    enum Result {
        /// Nothing is done yet.
        case ask(Page)
        /// Go on to this address.
        case done(String)
    }

    private let choice: DeadChoice
    private let kind: Kind?
    /// nil means all that match.
    private let ids: Set<String>?
    private let isConfirmed: Bool

    init(_ form: FormFields) {
        choice = DeadChoice(form)
        let action = form["action"] ?? ""
        let isForAll = action.hasSuffix("-all")
        kind = Kind(rawValue: isForAll ? String(action.dropLast(4)) : action)
        ids = isForAll ? nil : Set(form.values("id"))
        isConfirmed = form["confirmed"] == "yes"
    }

    func perform(_ desk: ConsoleDesk, _ logger: Logger) async throws -> Result {
        guard let kind, ids?.isEmpty != true else {
            return .ask(Page(.dead, "<p>No letter was chosen.</p><p><a href=\"\(choice.address([]))\">Back</a></p>"))
        }
        let letters = desk.deadLetters.limited(to: choice.stages)
        let count: Int
        switch kind {
        case .replay: count = try await letters.replay(choice.filter(ids)).count
        case .discard:
            // Looked up first and then taken by id: what is asked about is what goes, nothing that comes meanwhile.
            let chosen = Set(try await letters.list(choice.filter(ids)).map(\.id))
            guard isConfirmed || chosen.isEmpty else { return .ask(question(chosen)) }
            count = chosen.isEmpty ? 0 : try await letters.discard(chosen)
        }
        logger.notice(
            "The console was told to settle dead letters", metadata: ["action": "\(kind)", "count": "\(count)"])
        return .done(choice.address([("done", kind.rawValue), ("count", "\(count)")]))
    }

    private func question(_ chosen: Set<String>) -> Page {
        let ids = chosen.sorted().map { "<input type=\"hidden\" name=\"id\" value=\"\($0)\">\n" as HTML }
        return Page(
            "Discard \(DeadCount.text(chosen.count))?", tab: .dead,
            """
            <p>They are gone for good then. The documents stay at their source: a later run of the extractor brings them again when
            they change, or with <code>--full</code>.</p>
            <form action="/dead" method="post">
            \(choice.hidden)
            \(ids)
            <input type="hidden" name="confirmed" value="yes">
            <p class="buttons"><button name="action" value="discard" class="bad">Discard</button>
            <a href="\(choice.address([]))">Keep</a></p>
            </form>
            """)
    }
}
