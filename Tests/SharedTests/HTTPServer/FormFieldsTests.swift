import Testing

@testable import Shared

struct FormFieldsTests {
    @Test(arguments: [
        ("q=a+b%20c", "a b c"), ("q=%EB%83%89%EB%8F%99", "냉동"), ("q=", ""), ("q", ""), ("x=1&q=2&q=3", "2"),
        ("q=100%", "100%"), ("q=%4", "%4"), ("q=%zz%41", "%zzA"), ("q=a=b", "a=b"), ("q=%2B%26", "+&"),
        ("q=%ff", "\u{FFFD}"), ("&&q=1&", "1"),
    ])
    func valuesAreDecoded(text: String, value: String) {
        #expect(FormFields(text)["q"] == value)
    }

    @Test func fieldsKeepTheirOrderAndMayRepeat() {
        let fields = FormFields("id=b&id=a&other=1")
        #expect(fields.values("id") == ["b", "a"])
        #expect(fields["none"] == nil && FormFields("").all.isEmpty)
    }

    @Test func whatIsEncodedIsDecodedAgain() {
        let nasty = "ä 냉동 %2B+&=?#/'\"<>\u{0}\n~-._"
        #expect(FormFields("q=\(nasty.percentEncoded)")["q"] == nasty)
        #expect(nasty.percentEncoded.utf8.allSatisfy { $0 > 32 && $0 < 127 })
    }
}
