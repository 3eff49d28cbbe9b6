extension SettingsReader {
    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]

    /// A number of bytes within `range`: a whole number, alone or with `KiB`, `MiB`, `GiB` or `TiB`.
    mutating func bytes(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = optionalString(name) else { return fallback }
        guard let bytes = Self.bytes(text), range.contains(bytes) else {
            fault(
                name,
                "must be from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound)): bytes, or a whole number"
                    + " with KiB, MiB, GiB or TiB")
            return fallback
        }
        return bytes
    }

    private static func bytes(_ text: String) -> Int? {
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = text.dropLast(unit?.0.count ?? 0)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits)
        else { return nil }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0))
        return isTooLarge ? nil : bytes
    }

    /// In the largest unit that leaves a whole number.
    private static func text(_ bytes: Int) -> String {
        let unit = units.last { bytes % (1 << $0.1) == 0 }
        return unit.map { "\(bytes >> $0.1)\($0.0)" } ?? "\(bytes)"
    }
}
