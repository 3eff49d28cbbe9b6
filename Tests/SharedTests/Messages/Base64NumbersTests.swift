import Foundation
import Shared
import TestSupport
import Testing

@Suite struct Base64NumbersTests {
    private func decode(_ text: String) -> [Float]? { Array(text.utf8).withUnsafeBytes { Base64Numbers.decode($0) } }

    @Test func agreesWithFoundationBothWays() {
        var generator = SeededGenerator(state: 64)
        for count in 0..<40 {
            let vector = (0..<count).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
            }
            let text = vector.withUnsafeBytes { Data($0) }.base64EncodedString()
            #expect(String(decoding: Base64Numbers.text(vector), as: UTF8.self) == text)
            #expect(decode(text)?.map(\.bitPattern) == vector.map(\.bitPattern))
        }
    }

    @Test(arguments: [
        "AAAA", "AAAAAA", "AAAAAAA=", "AAAAA===", "====", "AAAAAA=A", "AAA AA==", "AAAAA\n==", "AAAAA-==", "AAAAA§=",
        "AAAAAA==AAAAAA==", "=", "AA==AA==",
    ])
    func anythingElseIsRefused(text: String) { #expect(decode(text) == nil) }
}
