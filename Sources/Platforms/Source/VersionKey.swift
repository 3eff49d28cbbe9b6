import Shared

/// The part of a version key for what a source's own version number misses.
struct VersionKey {
    private var text = ""

    /// Adds one aspect; its name keeps equal values of two aspects apart.
    mutating func add(_ name: String, _ values: [String]) {
        // Lengths, so that no choice of values can look like another.
        text += "\(name)\u{1F}\(values.count)"
        for value in values { text += "\u{1F}\(value.utf8.count)\u{1F}\(value)" }
        text += "\u{1E}"
    }

    mutating func add(_ name: String, _ value: String?) { add(name, value.map { [$0] } ?? []) }

    /// 12 hex digits of SHA-256.
    var digest: String { String(ContentHash.hex(text).prefix(12)) }
}
