import Glibc

/// Finds a model by name where data of programs lies.
///
/// **Source**: https://specifications.freedesktop.org/basedir-spec/latest/
enum ModelLocation {
    /// What `local` runs when no model is named.
    static let defaultModel = "all-MiniLM-L6-v2"

    /// The folder of a model.
    ///
    /// - Parameter model: a path when it has a slash; otherwise a name that is looked up in `ohra/models` below
    ///   `XDG_DATA_HOME` (`~/.local/share`) and `XDG_DATA_DIRS` (`/usr/local/share`, `/usr/share`).
    /// - Throws: ``EmbeddingError`` with code `modelUnusable` that says where it was looked for.
    static func folder(
        of model: String, environment: (String) -> String? = Self.variable
    ) throws(EmbeddingError) -> String {
        if model.contains("/") { return model }
        let home = environment("XDG_DATA_HOME") ?? environment("HOME").map { "\($0)/.local/share" }
        let shared = environment("XDG_DATA_DIRS") ?? "/usr/local/share:/usr/share"
        let candidates = ([home].compactMap { $0 } + shared.split(separator: ":").map(String.init))
            .map { "\($0)/ohra/models/\(model)" }
        if let found = candidates.first(where: { MappedFile.exists("\($0)/config.json") }) { return found }
        throw EmbeddingError(
            .modelUnusable,
            "there is no model '\(model)'; looked in \(candidates.joined(separator: ", ")). 'make model' fetches "
                + "\(defaultModel); OHRA_EMBEDDING_MODEL may also be the path of a folder")
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
