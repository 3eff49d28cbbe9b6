import FoundationEssentials

/// Real documents of other people's sites, kept outside of the checkout.
public struct SharedFixtures {
    public let folder: String

    /// - Returns: nil where they are not there; the test says so on standard output and ends.
    /// - Parameter file: the test's own file, from which the checkout is found.
    public init?(file: String = #filePath) {
        let environment = ProcessInfo.processInfo.environment["OHRA_FIXTURES"]
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        let root = parts.lastIndex(of: "Tests").map { parts[..<$0].joined(separator: "/") } ?? "."
        let candidates = [environment, "\(root)/../shared/fixtures", "/work/shared/fixtures"].compactMap { $0 }
        guard let folder = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            print(
                "SKIPPED: no shared fixtures in \(candidates.joined(separator: ", ")); nothing was tried on real documents"
            )
            return nil
        }
        self.folder = folder
    }

    /// The bytes of a file; nil when there is none or it is empty.
    public func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(folder)/\(path)").flatMap { $0.isEmpty ? nil : [UInt8]($0) }
    }

    public func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(path)").sorted()
    }
}
