/// The forms in which sources keep their texts.
enum BodyFormat: String, CaseIterable, Sendable {
    /// Confluence's storage format.
    case storage
    /// The Atlassian document format, JSON.
    case adf
    case html
}

/// Converts a body to Markdown, as `extractor convert` does.
enum BodyConverter {
    /// Names the converters' output; part of the pipeline's fingerprint may be built from it.
    static let version = "markdown-1"

    /// - Throws: ``BodyConversionError`` when an ADF body is not JSON. Everything else is converted as far as it goes.
    static func convert(_ text: [UInt8], from format: BodyFormat) throws(BodyConversionError) -> String {
        switch format {
        case .storage: StorageConverter.markdown(text)
        case .html: HTMLConverter.markdown(text)
        case .adf: try ADFConverter.markdown(json: text)
        }
    }
}

/// A body that cannot be read at all; its description holds nothing of the text.
struct BodyConversionError: Error, CustomStringConvertible {
    let description: String
}
