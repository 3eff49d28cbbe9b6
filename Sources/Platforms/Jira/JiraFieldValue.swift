import Shared

/// The value of an issue's field as text or number, whatever its type.
enum JiraFieldValue {
    case text(String)
    case number(Double)
    case list([String])

    /// nil for empty values and for objects that have no name.
    init?(_ value: JSONElement?) {
        guard let value, !value.isNull else { return nil }
        if let items = value.array {
            let texts = items.compactMap(Self.text)
            if texts.isEmpty { return nil }
            self = .list(texts)
        } else if let number = value.double {
            self = .number(number)
        } else if let text = Self.text(value) {
            self = .text(text)
        } else {
            return nil
        }
    }

    /// What is shown of one value: an option with the one below it, a person, a version, a text of any length.
    static func text(_ value: JSONElement) -> String? {
        let text: String?
        if let plain = value.string {
            text = sprintName(plain) ?? plain
        } else if let number = value.int {
            text = String(number)
        } else if let number = value.double {
            text = String(number)
        } else if let flag = value.bool {
            text = String(flag)
        } else if value["type"]?.string == "doc" {
            text = ADFConverter.markdown(value)
        } else {
            let name = ["value", "displayName", "name", "title", "key"].lazy.compactMap { value[$0]?.string }.first
            text = [name, value["child"]?["value"]?.string].compactMap { $0 }.joined(separator: " / ")
        }
        guard let cleaned = text.map(TextCleaner.clean)?.trimmed, !cleaned.isEmpty else { return nil }
        return cleaned
    }

    /// Data Center writes a sprint as `com…Sprint@1f[id=1,rapidViewId=2,state=ACTIVE,name=Sprint 3,startDate=…]`.
    private static func sprintName(_ text: String) -> String? {
        guard text.hasPrefix("com.atlassian.greenhopper.service.sprint.Sprint@"),
            let start = text.firstRange(of: ",name=")
        else { return nil }
        let rest = text[start.upperBound...]
        // A name may hold commas: it ends where the next of the known members begins.
        let ends = ["startDate", "goal", "endDate", "completeDate", "activatedDate", "sequence"]
            .compactMap { rest.firstRange(of: ",\($0)=")?.lowerBound }
        return String(rest[..<(ends.min() ?? rest.lastIndex(of: "]") ?? rest.endIndex)])
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.value(text)
        case .number(let number): writer.value(number)
        case .list(let texts): writer.array { writer in for text in texts { writer.value(text) } }
        }
    }

    /// For a version key.
    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .number(let number): ["\(number)"]
        case .list(let texts): texts
        }
    }
}
