import Shared
import Testing

@Suite struct JSONWriterTests {
    @Test func writesNestedValuesWithCommas() {
        let text = written { writer in
            writer.object { writer in
                writer.member("a", 1)
                writer.member("b", ["x", "y"])
                writer.key("c")
                writer.array { writer in
                    writer.object { _ in }
                    writer.array { _ in }
                    writer.null()
                    writer.value(true)
                    writer.value(-0.5)
                }
                writer.key("d")
                writer.value(RawJSON(trusted: Array(#"{"z":[1,2]}"#.utf8)))
                writer.member("e", false)
            }
        }
        #expect(text == #"{"a":1,"b":["x","y"],"c":[{},[],null,true,-0.5],"d":{"z":[1,2]},"e":false}"#)
    }

    @Test func escapesWhatJSONForbids() {
        let text = written { $0.value("\u{0}\u{1F}\"\\\n\r\t/\u{7F}\u{2028}é😀") }
        #expect(text == "\"\\u0000\\u001f\\\"\\\\\\n\\r\\t/\u{7F}\u{2028}é😀\"")
    }

    @Test func everyScalarReadsBack() throws {
        let texts = stride(from: UInt32(0), to: 0x11_0000, by: 7).compactMap { Unicode.Scalar($0).map { "a\($0)b" } }
        let element = try parsed(
            written { writer in writer.array { writer in for text in texts { writer.value(text) } } })
        #expect(element.array.map { $0.map(\.string) } == texts.map { $0 })
    }

    @Test func wholeNumbersAreWrittenDigitByDigit() {
        let numbers: [UInt32] = [0, 9, 10, 99, 100, 1_000_000_000, 4_294_967_295]
        #expect(written { $0.value(numbers) } == "[0,9,10,99,100,1000000000,4294967295]")
        #expect(written { $0.value([UInt32]()) } == "[]")
    }

    @Test func numbersWithoutJSONFormAreNull() {
        #expect(written { $0.value(Double.nan) } == "null")
        #expect(written { $0.value(-Double.infinity) } == "null")
    }

    @Test func floatsReadBackTheSame() throws {
        var generator = SystemRandomNumberGenerator()
        var floats: [Float] = [0, 1, 0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 16_777_216, 3.4e38]
        while floats.count < 10_000 {
            let number = Float(bitPattern: generator.next())
            if number.isFinite { floats.append(number) }
        }
        let element = try parsed(written { $0.value(floats) })
        // The sign of zero is lost: "-0" is an integer to the reader. One flag, not arrays in the test's report.
        let isSame = element.floats(limit: 10_000)?.map(\.bitPattern) == floats.map(\.bitPattern)
        #expect(isSame)
        #expect(element.floats(limit: 9_999) == nil)
    }

    @Test func doublesReadBackTheSame() throws {
        // Every exponent: one at random among 2047 is seldom the one that matters.
        for exponent in 0..<UInt(2047) {
            for sign in [FloatingPointSign.plus, .minus] {
                let number = Double(
                    sign: sign, exponentBitPattern: exponent, significandBitPattern: UInt64.random(in: 0..<1 << 52))
                #expect(try parsed(written { $0.value(number) }).double?.bitPattern == number.bitPattern)
            }
        }
    }

    @Test(arguments: [
        2.3456789012345678e19, -1e19, 1e22, 9.99e18, -9.3e18, -0x1p63, 0x1p64, 1e300, .leastNonzeroMagnitude,
    ])
    func longNumbersReadBack(number: Double) throws {
        // Without an exponent they would be integers beyond 64 bits to the reader.
        #expect(try parsed(written { $0.value(number) }).double == number)
    }
}

@Suite struct JSONElementTests {
    @Test func readsEveryKind() throws {
        let element = try parsed(#" {"t":"x","i":-5,"d":1.5,"b":true,"n":null,"a":[1,"2"],"o":{"k":1}} "#)
        #expect(element["t"]?.string == "x")
        #expect(element["i"]?.int == -5)
        #expect(element["i"]?.double == -5)
        #expect(element["d"]?.double == 1.5)
        #expect(element["d"]?.int == nil)
        #expect(element["b"]?.bool == true)
        #expect(element["n"]?.isNull == true)
        #expect(element["a"]?.array.map { $0.map { $0.int } } == [1, nil])
        #expect(element["o"]?.object.map { $0.map(\.key) } == ["k"])
        #expect(element["missing"] == nil)
        #expect(element["t"]?["k"] == nil)
        #expect(element.object.map { $0.map(\.key) } == ["t", "i", "d", "b", "n", "a", "o"])
    }

    @Test func readsEscapesAndSurrogates() throws {
        #expect(try parsed(#""\u0041\ud83d\ude00\/\b\f\u0000""#).string == "A😀/\u{8}\u{C}\u{0}")
    }

    @Test(arguments: [#""\ud83d""#, #""\ud83dA""#, #""\x""#, "\"a\nb\"", #""\u12""#])
    func brokenStringsAreFaults(text: String) {
        #expect(throws: JSONError.self) { try parsed(text) }
    }

    @Test(arguments: ["", " ", "{", "[1,]", "{\"a\"}", "01", "1.", "nul", "{}{}", "\"a", "[1 2]", "NaN", "-"])
    func otherTextIsAFault(text: String) {
        #expect(throws: JSONError.self) { try parsed(text) }
    }

    @Test func invalidUTF8IsAFault() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x22],
        ] {
            #expect(throws: JSONError.self) { try JSONElement(parsing: bytes) }
        }
    }

    @Test func depthIsLimited() throws {
        let nested = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONElement(parsing: nested(500))
        #expect(throws: JSONError.self) { try JSONElement(parsing: nested(513)) }
        #expect(throws: JSONError.self) { try JSONElement(parsing: nested(100_000)) }
        #expect(throws: JSONError.self) { try JSONElement(parsing: nested(20), maximumDepth: 16) }
    }

    @Test func bigNumbersAreExactOrRefused() throws {
        #expect(try parsed("9223372036854775807").int == Int.max)
        #expect(try parsed("-9223372036854775808").int == Int.min)
        #expect(try parsed("9223372036854775808").int == nil)
        #expect(throws: JSONError.self) { try parsed("1e400") }
    }

    @Test func rawTextPassesThrough() throws {
        let text = #"{"b":[1,2.5,"\u0001é"],"a":{"":null}}"#
        let raw = RawJSON(try parsed(text))
        let again = try raw.parsed()
        #expect(again["b"]?.array.map { $0.map(\.double) } == [1, 2.5, nil])
        #expect(RawJSON(again) == raw)
    }

    @Test func faultHoldsNothingOfTheText() {
        let error = #expect(throws: JSONError.self) { try parsed(#"{"token":"secret"#) }
        #expect(error?.reason.contains("secret") == false)
    }
}

@discardableResult
private func parsed(_ text: String) throws -> JSONElement { try JSONElement(parsing: Array(text.utf8)) }

private func written(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}
