import Shared

/// `SHA256SUMS` of a model folder: lines of 64 hex digits, two spaces and a file's path, as `sha256sum` prints them.
enum ModelChecksums {
    static let fileName = "SHA256SUMS"

    /// Checks every file that is listed; a folder without the list has nothing to be checked against.
    ///
    /// - Parameter known: digests that are known already, by file.
    /// - Throws: ``EmbeddingError`` with code `modelUnusable`.
    static func verify(_ folder: String, known: [String: String]) throws(EmbeddingError) {
        guard MappedFile.exists("\(folder)/\(fileName)") else { return }
        let list = try MappedFile("\(folder)/\(fileName)")
        for line in String(decoding: list.bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard words.count == 2, words[0].count == 64 else { throw list.fault("has a line that is no checksum") }
            let name = words[1].drop { $0 == " " || $0 == "*" }
            guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
                throw list.fault("names a file outside the folder")
            }
            let digest: String
            if let known = known[String(name)] {
                digest = known
            } else {
                digest = try MappedFile("\(folder)/\(name)").digest()
            }
            guard digest == words[0].lowercased() else {
                throw EmbeddingError(
                    .modelUnusable,
                    "the model's file \(folder)/\(name) is not the one that \(fileName) lists; fetch the model again")
            }
        }
    }
}
