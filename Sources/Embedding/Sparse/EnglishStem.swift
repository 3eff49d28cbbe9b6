/// Makes the common forms of an English word one term: `alarm`, `alarms`; `plan`, `planned`, `planning`; `release`, `released`.
///
/// Plural and verb endings only, no dictionary: what comes out need not be a word, it only has to be the same for the forms.
/// A change makes other terms and needs another ``SparseEncoder/method``.
///
/// **Source**: the plural rules are Harman's (How effective is suffixing?, 1991), those for -ed and -ing Porter's step 1b (An
/// algorithm for suffix stripping, 1980), shortened.
enum EnglishStem {
    /// - Parameter word: folded scalars; words with anything but a…z stay as they are.
    @inline(__always)
    static func reduce(_ word: inout [UInt32]) {
        guard word.count > 3, word.allSatisfy({ (0x61...0x7A).contains($0) }) else { return }
        dropPlural(&word)
        if word.count > 5, dropVerbEnding(&word) { return }
        if word.count > 4, word.last == e { word.removeLast() }
    }

    private static func dropPlural(_ word: inout [UInt32]) {
        guard word.last == s else { return }
        let end = word.count - 1
        if word.count > 4, word[end - 1] == e, word[end - 2] == i {
            word.removeLast(3)
            word.append(y)
        } else if word[end - 1] == e, word[end - 2] == s || word[end - 2] == x || word[end - 2] == z {
            word.removeLast(2)
        } else if word[end - 1] != s, word[end - 1] != u {
            word.removeLast()
        }
    }

    private static func dropVerbEnding(_ word: inout [UInt32]) -> Bool {
        let end = word.count - 1
        let length: Int
        if word[end] == g, word[end - 1] == n, word[end - 2] == i {
            length = 3
        } else if word[end] == d, word[end - 1] == e {
            length = 2
        } else {
            return false
        }
        guard word.dropLast(length).contains(where: isVowel) else { return false }
        word.removeLast(length)
        // `planned`, `stopping`; but `rolled`, `missed`, `buzzing`.
        if word.count > 3, let last = word.last, last == word[word.count - 2], last != l, last != s, last != z {
            word.removeLast()
        }
        return true
    }

    private static func isVowel(_ scalar: UInt32) -> Bool {
        switch scalar {
        case a, e, i, o, u, y: true
        default: false
        }
    }

    private static let a: UInt32 = 0x61
    private static let d: UInt32 = 0x64
    private static let e: UInt32 = 0x65
    private static let g: UInt32 = 0x67
    private static let i: UInt32 = 0x69
    private static let l: UInt32 = 0x6C
    private static let n: UInt32 = 0x6E
    private static let o: UInt32 = 0x6F
    private static let s: UInt32 = 0x73
    private static let u: UInt32 = 0x75
    private static let x: UInt32 = 0x78
    private static let y: UInt32 = 0x79
    private static let z: UInt32 = 0x7A
}
