import Shared
import Testing

@testable import Operator

struct HTMLTests {
    private static let nasty = "<script>alert(\"1\" & '2')</script>"
    private static let safe = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"

    @Test func textIsEscapedAndMarkupIsNot() {
        let inner: HTML = "<b>\(Self.nasty)</b>"
        let outer: HTML = "<p title=\"\(Self.nasty)\">\(inner) \(7)</p>"
        #expect(outer.text == "<p title=\"\(Self.safe)\"><b>\(Self.safe)</b> 7</p>")
        #expect(HTML([inner, inner]).text == inner.text + inner.text)
        #expect(("\([inner, "x"])" as HTML).text == inner.text + "x")
    }

    @Test func tablesEscapeCellsAndLinks() {
        var table = TextTable([.init("name"), .init("count", .right), .init("long", isFlexible: true)])
        table.add([Self.nasty, "3", "é 냉동"])
        table.add(["plain", "4", ""])
        let text = HTML(table) { $0 == 0 ? "/x?a=\"b\"" : nil }.text
        #expect(text.contains("<th class=\"right\">count</th>"))
        #expect(text.contains("<a href=\"/x?a=&quot;b&quot;\">\(Self.safe)</a>"))
        #expect(text.contains("<td class=\"left\">plain</td><td class=\"right\">4</td><td class=\"wrap\"></td>"))
        #expect(text.contains("<td class=\"wrap\">é 냉동</td>") && !text.contains("<script"))
    }

    @Test func choicesKnowWhatIsChosen() {
        let text = HTML.select("by", [("a", "A"), ("b", "B<")], chosen: "b").text
        #expect(text.contains("<option value=\"a\">A</option><option value=\"b\" selected>B&lt;</option>"))
    }
}
