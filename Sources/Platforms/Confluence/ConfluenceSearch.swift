import Shared

/// CQL searches of Confluence's API, version 1.
enum ConfluenceSearch {
    /// Pages of results. The limit is a wish: the server gives fewer when bodies are expanded.
    static func pager(_ client: AtlassianClient, cql: String, limit: Int, expand: String = "") -> CursorPager {
        CursorPager("Confluence search", size: limit) { cursor, limit throws(SourceError) in
            var query = [("cql", cql), ("limit", "\(limit)")]
            if !expand.isEmpty { query.append(("expand", expand)) }
            let answer = try await client.getPage("/rest/api/content/search", query, encoded: cursor, size: limit)
            let link = answer["_links"]?["next"]?.string ?? ""
            return CursorPager.Page(
                items: try results(answer), next: link.isEmpty ? nil : try client.pair(of: link, ["cursor=", "start="]))
        }
    }

    static func results(_ answer: JSONElement) throws(SourceError) -> [JSONElement] {
        guard let results = answer["results"]?.array else {
            throw SourceError(.unexpectedAnswer, "Confluence: a listing without results")
        }
        return Array(results)
    }

    static func hasNext(_ answer: JSONElement) -> Bool { answer["_links"]?["next"]?.string?.isEmpty == false }

    /// The id of a page, blog post or comment: digits only.
    static func numericID(_ item: JSONElement) throws(SourceError) -> String {
        let id = item["id"]?.string ?? item["id"]?.int.map(String.init) ?? ""
        guard !id.isEmpty, id.utf8.count <= 20, id.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else {
            throw SourceError(.unexpectedAnswer, "Confluence: content without a numeric id")
        }
        return id
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
