import Platforms
import Shared

/// One body to convert.
struct Body {
    var format: BodyFormat
    var text: [UInt8]
    var context: BodyContext

    /// Bodies from lines of JSON.
    static func lines(_ file: String?) throws -> [Body] {
        let lines = try CommandInput.bytes(file).split(separator: UInt8(ascii: "\n"))
        return try lines.enumerated().map { index, line in
            let json = try JSONElement(parsing: line)
            guard let format = json["from"]?.string.flatMap(BodyFormat.init), let text = json["body"]?.string else {
                throw InputError("line \(index + 1) has no format or body")
            }
            var people: [String: String] = [:]
            if let members = json["people"]?.object { for (id, name) in members { people[id] = name.string } }
            let context = BodyContext(site: json["site"]?.string, spaceKey: json["space"]?.string, people: people)
            return Body(format: format, text: Array(text.utf8), context: context)
        }
    }
}
