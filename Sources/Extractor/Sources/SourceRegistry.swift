/// The platforms this extractor reads, one line each. This is the only place that lists them.
enum SourceRegistry {
    static let types: [any DocumentSource.Type] = [
        ConfluenceSource.self,
        JiraSource.self,
        FilesSource.self,
    ]
}
