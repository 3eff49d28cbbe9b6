import Shared

/// Reading what Confluence's listings have in common.
enum ConfluenceSearch {
    static func results(_ answer: JSONElement) throws(SourceError) -> [JSONElement] {
        guard let results = answer["results"]?.array else {
            throw SourceError(.unexpectedAnswer, "Confluence: a listing without results")
        }
        return Array(results)
    }

    static func hasNext(_ answer: JSONElement) -> Bool { answer["_links"]?["next"]?.string?.isEmpty == false }

    /// `cursor=…` out of the link to the next page, still encoded; nil on the last page.
    static func cursor(_ answer: JSONElement, _ client: AtlassianClient) throws(SourceError) -> String? {
        guard let link = answer["_links"]?["next"]?.string, !link.isEmpty else { return nil }
        return try client.pair(of: link, ["cursor="])
    }

    /// The id of a page, blog post or comment: digits only.
    static func numericID(_ item: JSONElement) throws(SourceError) -> String {
        let id = item["id"]?.string ?? item["id"]?.int.map(String.init) ?? ""
        guard isNumeric(id) else {
            throw SourceError(.unexpectedAnswer, "Confluence: content without a numeric id")
        }
        return id
    }

    static func isNumeric(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 20 && id.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// A text as a CQL or JQL string.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars where scalar.value >= 0x20 {
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}
