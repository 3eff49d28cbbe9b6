import Shared

/// Which dead letters a page is about: the filters of `ohra dead`.
struct DeadChoice {
    let queue: String
    let source: String
    let reason: String
    let document: String
    let run: String

    init(_ fields: FormFields) {
        queue = fields["queue"].flatMap(Topology.Stage.init(rawValue:))?.rawValue ?? ""
        source = fields["source"] ?? ""
        reason = fields["reason"] ?? ""
        document = fields["document"] ?? ""
        run = fields["run"] ?? ""
    }

    private var named: [(name: String, value: String)] {
        [("queue", queue), ("source", source), ("reason", reason), ("document", document), ("run", run)]
            .filter { !$0.value.isEmpty }
    }

    var isNarrow: Bool { !named.isEmpty }

    var stages: [Topology.Stage] { Topology.Stage(rawValue: queue).map { [$0] } ?? Topology.Stage.allCases }

    /// - Parameter ids: those that are chosen; nil for every one that matches.
    func filter(_ ids: Set<String>? = nil) -> LetterFilter {
        func given(_ text: String) -> String? { text.isEmpty ? nil : text }
        return LetterFilter(
            ids: ids, source: given(source), document: given(document), reason: given(reason), run: given(run))
    }

    /// The same choice in another form.
    var hidden: HTML {
        "\(named.map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" as HTML })"
    }

    /// The page with this choice.
    func address(_ more: [(name: String, value: String)]) -> String {
        let pairs = (named + more).map { "\($0.name)=\($0.value.percentEncoded)" }
        return pairs.isEmpty ? "/dead" : "/dead?" + pairs.joined(separator: "&")
    }
}
