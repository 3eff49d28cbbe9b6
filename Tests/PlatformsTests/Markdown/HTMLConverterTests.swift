import Testing

@testable import Platforms

struct HTMLConverterTests {
    @Test(arguments: [
        (
            "<!DOCTYPE html><html><head><title>no</title><style>p{}</style></head><body><H1>T</H1><p>a<p>b<script>x<y</script></body>",
            "# T\n\na\n\nb"
        ),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "| A | B |\n| --- | --- |\n| 1 | 2 |"),
        ("<pre><code class=\"language-go\">a &lt; b\n</code></pre>", "```go\na < b\n```"),
        ("<IMG SRC='a.png' ALT=x> 1 < 2", "![x](a.png) 1 < 2"),
        ("<img src=\"data:image/png;base64,AAAA\">", ""),
    ])
    func becomes(_ html: String, _ markdown: String) throws {
        #expect(try BodyConverter.convert(Array(html.utf8), from: .html) == markdown)
    }
}
