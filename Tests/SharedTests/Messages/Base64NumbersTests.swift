import Shared
import TestSupport
import Testing

@Suite struct Base64NumbersTests {
    private func read(_ text: String) throws -> [Float]? {
        var writer = JSONWriter()
        writer.value(text)
        return Base64Numbers.read(try JSONElement(parsing: writer.bytes))
    }

    @Test func numbersComeBackBitByBit() throws {
        var generator = SeededGenerator(state: 64)
        for count in 0..<40 {
            let bits = (0..<count).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) }
            let text = String(decoding: Base64Numbers.text(bits.map { Float(bitPattern: $0) }), as: UTF8.self)
            #expect(try read(text)?.map(\.bitPattern) == bits)
        }
        #expect(String(decoding: Base64Numbers.text([1 as Float]), as: UTF8.self) == "AACAPw==")
    }

    @Test(arguments: [
        "AAAA", "AAAAAA", "AAAAAAA=", "AAAAA===", "====", "AAAAAA=A", "AAA AA==", "AAAAA\n==", "AAAAA-==", "AAAAA§=",
        "AAAAAA==AAAAAA==", "=", "AA==AA==",
    ])
    func anythingElseIsRefused(text: String) throws { #expect(try read(text) == nil) }
}
