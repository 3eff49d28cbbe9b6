import FoundationEssentials
import Glibc
import Shared

/// Texts in a folder: `.md`, `.txt`, `.html` and `.json`. The worked example of a source in one file.
///
/// | setting | type | default |
/// | --- | --- | --- |
/// | `OHRA_FILES_PATH` | folder | none: the source is not configured |
/// | `OHRA_FILES_INSTANCE` | letters, digits, `.`, `_`, `-` | this machine's host name |
///
/// There is one scope, the whole tree: a folder that is deleted takes its documents along, which a scope of its own would not
/// let it do. Hidden files and symbolic links are passed over, so nothing outside the root is ever read. A file has no number
/// of its own: the last part of the id is drawn from its path, so a renamed file is a new document and the old one is gone.
struct FilesSource: CountedSource {
    static let name = "files"
    static let mainSetting = "OHRA_FILES_PATH"
    static let scopesPerQuery = 1
    static let maximumFileBytes = 8 << 20
    private static let types: Set<String> = ["md", "txt", "html", "htm", "json"]
    private static let filesPerPage = 50
    private static let tree = "."

    let root: String
    let instance: String

    static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> FilesSource? {
        guard let path = settings.optionalString("OHRA_FILES_PATH") else { return nil }
        let instance = settings.string("OHRA_FILES_INSTANCE", default: HostName.current).lowercased()
        guard AtlassianSettings.isValid(instance: instance) else {
            settings.fault("OHRA_FILES_INSTANCE", "may hold letters, digits, '.', '_' and '-' only")
            return nil
        }
        return FilesSource(root: path, instance: instance)
    }

    func verify() async throws(SourceError) { _ = try entries(of: "") }

    func scopes() async throws(SourceError) -> [String] { [Self.tree] }

    func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
        let start = Moment(since).milliseconds
        return pages { file throws(SourceError) in file.changed >= start ? try document(file) : nil }
    }

    func count(in scopes: [String], since: Date) async throws(SourceError) -> Int {
        let start = Moment(since).milliseconds
        let walk = Walk(source: self)
        var count = 0
        while let files = try await walk.next() { count += files.count { $0.changed >= start } }
        return count
    }

    func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> { pages { identifier($0) } }

    /// Makes one element of every file, folder by folder in the order of their paths.
    private func pages<Element: Sendable>(
        _ make: @escaping @Sendable (Entry) throws(SourceError) -> Element?
    ) -> AsyncThrowingStream<[Element], any Error> {
        let walk = Walk(source: self)
        return AsyncThrowingStream(unfolding: {
            while let files = try await walk.next() {
                let page = try files.compactMap(make)
                if !page.isEmpty { return page }
            }
            return nil
        })
    }

    private func document(_ file: Entry) throws(SourceError) -> Document {
        guard file.size <= Self.maximumFileBytes else {
            throw SourceError(
                .rejected, "files: \(file.path) is larger than 8 MiB; split it or move it out of the folder")
        }
        let path = root + "/" + file.path
        guard let bytes = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) else {
            throw SourceError(.unavailable, "files: \(file.path) cannot be read")
        }
        let content = Self.markdown(bytes, file.type)
        return Document(
            id: identifier(file), title: Self.heading(of: content) ?? file.name, content: content,
            url: "file://" + path.split(separator: "/").map { "/" + String($0).percentEncoded }.joined(),
            author: "",
            updatedAt: Moment(validMilliseconds: file.changed)?.rfc3339 ?? "", sourceType: Self.name,
            versionKey: String(ContentHash.hex(content).prefix(32)), revision: max(0, file.changed), scope: Self.tree,
            metadata: .object { $0.member("path", file.path) })
    }

    private func identifier(_ file: Entry) -> String {
        "\(Self.name):\(instance):\(ContentHash.hex(file.path).prefix(16))"
    }

    private static func markdown(_ bytes: [UInt8], _ type: String) -> String {
        switch type {
        case "html", "htm": HTMLConverter.markdown(bytes)
        case "json":
            MarkdownWriter.markdown([
                .code(language: "json", text: CodeText.prepare(bytes[...]))
            ])
        default: TextCleaner.clean(String(decoding: bytes, as: UTF8.self)).trimmed
        }
    }

    private static func heading(of markdown: String) -> String? {
        let line = markdown.split(separator: "\n").prefix(50).first { $0.hasPrefix("#") && $0.contains("# ") }
        guard let title = line?.drop(while: { $0 == "#" }).description.trimmed, !title.isEmpty else { return nil }
        return title
    }

    /// A file or folder below the root.
    private struct Entry: Sendable {
        /// Relative to the root.
        let path: String
        let isFolder: Bool
        let size: Int
        /// Milliseconds since 1970 of the later of two: when the content was written, and when the entry was changed. A copy
        /// that keeps an old date is noticed so.
        let changed: Int

        var name: String { String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]) }
        var type: String { name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? "" }
    }

    /// What lies in a folder, sorted by name; hidden files, symbolic links and other types left out.
    private func entries(of folder: String) throws(SourceError) -> [Entry] {
        let place = folder.isEmpty ? root : root + "/" + folder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
            throw SourceError(.unavailable, "files: the folder \(place) cannot be read; check OHRA_FILES_PATH")
        }
        return names.sorted().compactMap { name in
            var status = stat()
            guard !name.hasPrefix("."), lstat(place + "/" + name, &status) == 0 else { return nil }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            let path = folder.isEmpty ? name : folder + "/" + name
            let changed = max(Self.milliseconds(status.st_mtim), Self.milliseconds(status.st_ctim))
            let entry = Entry(path: path, isFolder: isFolder, size: status.st_size, changed: changed)
            return isFolder || (status.st_mode & S_IFMT == S_IFREG && Self.types.contains(entry.type)) ? entry : nil
        }
    }

    private static func milliseconds(_ time: timespec) -> Int { time.tv_sec * 1000 + time.tv_nsec / 1_000_000 }

    /// Goes through the tree, one folder at a time.
    private actor Walk {
        private let source: FilesSource
        /// Folders still to be listed, the next one last.
        private var folders = [""]
        /// Files of the folder listed last that were not handed out yet, the next one last.
        private var files: [Entry] = []

        init(source: FilesSource) { self.source = source }

        func next() throws(SourceError) -> [Entry]? {
            while files.isEmpty, let folder = folders.popLast() {
                let entries = try source.entries(of: folder)
                files = entries.filter { !$0.isFolder }.reversed()
                folders += entries.filter(\.isFolder).reversed().map(\.path)
            }
            guard !files.isEmpty else { return nil }
            defer { files.removeLast(min(files.count, FilesSource.filesPerPage)) }
            return files.suffix(FilesSource.filesPerPage).reversed()
        }
    }
}
