/// The forms in which sources keep their texts.
package enum BodyFormat: String, CaseIterable, Sendable {
    /// Confluence's storage format.
    case storage
    /// The Atlassian document format, JSON.
    case adf
    case html
}

/// Converts a body to Markdown, as `extractor convert` does.
package enum BodyConverter {
    /// Names the converters' output; part of the pipeline's fingerprint may be built from it.
    package static let version = "markdown-1"

    /// - Throws: ``BodyConversionError`` when an ADF body is not JSON. Everything else is converted as far as it goes.
    package static func convert(_ text: [UInt8], from format: BodyFormat) throws(BodyConversionError) -> String {
        switch format {
        case .storage: StorageConverter.markdown(text)
        case .html: HTMLConverter.markdown(text)
        case .adf: try ADFConverter.markdown(json: text)
        }
    }
}

/// A body that cannot be read at all; its description holds nothing of the text.
package struct BodyConversionError: Error, CustomStringConvertible {
    package let description: String
}
