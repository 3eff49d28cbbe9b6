import TestSupport
import Testing

@testable import Platforms

/// A short run of what dev/markdown/fuzz.py does for long: spoiled bodies never crash a converter or blow up its output.
struct SpoiledBodiesTests {
    @Test(arguments: BodyFormat.allCases) func areConvertedOrRefused(_ format: BodyFormat) {
        let seeds = Self.seeds(format).map { Array($0.utf8) }
        var mutator = TextMutator(seed: 7, pieces: MarkupPieces.all)
        for round in 0..<400 {
            let seed = seeds[round % seeds.count]
            let text = mutator.mutate(seed, with: seeds[(round + 1) % seeds.count], limit: 4096)
            // A refusal is an answer too: it has a reason, and nothing of the body in it.
            guard let markdown = try? BodyConverter.convert(text, from: format) else { continue }
            #expect(markdown.utf8.count <= 64 * (text.count + 64))
            #expect(!markdown.unicodeScalars.contains { "\u{200B}\u{202E}\u{FEFF}\0".unicodeScalars.contains($0) })
        }
    }

    private static func seeds(_ format: BodyFormat) -> [String] {
        switch format {
        case .storage, .html: StorageConverterTests.cases.map(\.storage)
        case .adf: ADFConverterTests.cases.map { #"{"type":"doc","content":[\#($0.0)]}"# }
        case .wiki: (WikiConverterTests.blocks + WikiConverterTests.inline).map(\.0)
        }
    }

    /// What is left open thirty thousand times.
    private static let pieces: [(BodyFormat, [String])] = [
        (
            .wiki,
            [
                "{quote}", "{color:red}", "{panel:title=x}", "{code", "{{", "[", "[a|", "!a", "*a ", "_", "\\", "|[",
                "|!a",
                "??a ", "{*}", "http://a)", "[!", "{info}{tip}{quote}", "\n* ", "h1. ", "||", "(", ":", "&", "^a",
                "{adf}",
            ]
        ),
        (
            .storage,
            [
                "<", "&", "<a ", "<a b='", "</p>", "<li>", "<td>", "<b>x</b>", "*<i>a</i>", "<!--", "<![CDATA[",
                "<ac:link>",
                "<p>a<b>(b)</b>c", "<ac:structured-macro ac:name='code'>", "<br/>", "<ac:parameter ac:name='a'>", "`",
                "](",
            ]
        ),
        (.html, ["<script>", "<p>", "<li>", "<td><tr>", "<textarea>", "</x>", "<x>"]),
    ]

    @Test(arguments: pieces) func takeNoTimeSquared(_ format: BodyFormat, _ pieces: [String]) {
        for piece in pieces {
            let text = Array(String(repeating: piece, count: 30_000).utf8)
            let time = ContinuousClock().measure { _ = try? BodyConverter.convert(text, from: format) }
            // Linear takes a fraction of a second, also in a debug build on a busy machine; squared takes minutes.
            #expect(time < .seconds(30), "\(piece)")
        }
    }

    @Test(arguments: [
        ("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><p>&b;</p>", "declares entities of its own"),
        (String(repeating: "<div>", count: 9000), "nested deeper than 256 levels"),
    ])
    func bombsAreRefused(_ storage: String, _ reason: String) {
        let error = #expect(throws: BodyConversionError.self) {
            try BodyConverter.convert(Array(storage.utf8), from: .storage)
        }
        #expect(error?.description.contains(reason) == true)
        // A source takes such a body as far as it goes, and expands nothing.
        #expect(StorageConverter.markdown(Array(storage.utf8)).utf8.count < 100)
    }

    @Test func hugeBodiesAreRefused() {
        let error = #expect(throws: BodyConversionError.self) {
            try BodyConverter.convert([UInt8](repeating: 0x20, count: BodyLimits.maximumSize + 1), from: .wiki)
        }
        #expect(error?.description == "the body is larger than 64 MiB")
    }
}
