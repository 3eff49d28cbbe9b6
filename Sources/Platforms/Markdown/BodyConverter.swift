import Shared

/// The forms in which sources keep their texts.
package enum BodyFormat: String, CaseIterable, Sendable {
    /// Confluence's storage format.
    case storage
    /// The Atlassian document format, JSON.
    case adf
    /// Jira's wiki markup.
    case wiki
    case html
}

/// Converts a body to Markdown, as `extractor convert` does.
package enum BodyConverter {
    /// - Throws: ``BodyConversionError`` when an ADF body is not JSON, or a body is more than ``BodyLimits`` allow; sources take
    ///   such bodies as far as they go. Everything else is converted as far as it goes here too.
    package static func convert(
        _ text: [UInt8], from format: BodyFormat, context: BodyContext = BodyContext()
    ) throws(BodyConversionError) -> String {
        if text.count > BodyLimits.maximumSize { throw BodyConversionError(.size) }
        switch format {
        case .storage, .html:
            let tree = MarkupTree(parsing: text, isHTML: format == .html)
            if let excess = tree.excess { throw BodyConversionError(excess) }
            return format == .html ? HTMLConverter.markdown(tree) : StorageConverter.markdown(tree, context: context)
        case .adf:
            let document = try json(text)
            if ADFConverter.isTooDeep(document) { throw BodyConversionError(.depth) }
            return ADFConverter.markdown(document)
        case .wiki: return WikiConverter.markdown(text, context: context)
        }
    }

    private static func json(_ text: [UInt8]) throws(BodyConversionError) -> JSONElement {
        do {
            return try JSONElement(parsing: text, maximumDepth: BodyLimits.maximumJSONDepth)
        } catch {
            throw BodyConversionError(description: "the body is not JSON: \(error.reason)")
        }
    }
}

/// A body that cannot be read at all; its description holds nothing of the text.
package struct BodyConversionError: Error, CustomStringConvertible {
    package let description: String

    init(description: String) { self.description = description }

    init(_ excess: BodyLimits.Excess) { description = excess.description }
}
