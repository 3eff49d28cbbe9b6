import Testing

@testable import Platforms

/// One small storage body per construct.
struct StorageConverterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let storage: String
        let markdown: String
    }

    static let cases: [Case] = [
        .init("headings and paragraphs", "<h2>1. Plan</h2><p>One</p><p>Two</p>", "## 1. Plan\n\nOne\n\nTwo"),
        .init(
            "marks",
            "<p><strong>b</strong> <em>i</em> <del>s</del> <u>u</u> H<sub>2</sub>O x<sup>2</sup> <code>c</code></p>",
            "**b** *i* ~~s~~ <u>u</u> H<sub>2</sub>O x<sup>2</sup> `c`"),
        .init("blanks leave marks", "<p><strong>Name </strong>: x<em> y </em>z</p>", "**Name** : x *y* z"),
        .init("adjoining marks join", "<p><b>A</b> <b>B</b></p>", "**A B**"),
        .init("nested marks count once", "<p><b><b><b>x</b></b></b></p>", "**x**"),
        .init("line break", "<p>a<br/>b<br/></p>", "a\\\nb"),
        .init(
            "link", #"<p><a href="https://x.example/a?b=1&amp;c=2">words</a></p>"#,
            "[words](https://x.example/a?b=1&c=2)"),
        .init(
            "link that shows itself", #"<p><a href="https://x.example/">https://x.example/</a></p>"#,
            "<https://x.example/>"),
        .init("link that runs code", #"<p><a href=" java&#10;script:alert(1)">words</a></p>"#, "words"),
        .init(
            "page link with body",
            #"<p><ac:link><ri:page ri:content-title="런북 #1" ri:space-key="OPS"/><ac:plain-text-link-body><![CDATA[the runbook]]></ac:plain-text-link-body></ac:link></p>"#,
            "[the runbook](https://h.example/wiki/display/OPS/런북+%231)"),
        .init(
            "page link without body", #"<p><ac:link><ri:page ri:content-title="Data Model"/></ac:link></p>"#,
            "[Data Model](https://h.example/wiki/display/ENG/Data+Model)"),
        .init(
            "user",
            #"<p><ac:link><ri:user ri:account-id="7:a"/></ac:link> <ac:link><ri:user ri:account-id="8"/></ac:link></p>"#,
            "@김하늘 @user"),
        .init(
            "attachment link",
            #"<p><ac:link><ri:attachment ri:filename="a.pdf"/><ac:link-body>Plan</ac:link-body></ac:link></p>"#,
            "Plan (a.pdf)"),
        .init(
            "anchor link", #"<p><ac:link ac:anchor="top"><ac:link-body>up</ac:link-body></ac:link></p>"#, "[up](#top)"),
        .init(
            "image", #"<ac:image ac:alt="Map"><ri:attachment ri:filename="map 1.png"/></ac:image>"#,
            "![Map](map%201.png)"),
        .init(
            "image with caption",
            #"<ac:image><ri:url ri:value="https://x.example/i.png"/><ac:caption><p>The <b>map</b></p></ac:caption></ac:image>"#,
            "![](https://x.example/i.png)\n\n*The **map***"),
        .init(
            "nested lists",
            "<ol><li><p>a</p><ul><li>b</li><li>c<ol start=\"9\"><li>d</li><li>e</li></ol></li></ul></li><li>f</li></ol>",
            "1. a\n   - b\n   - c\n     9. d\n     10. e\n2. f"),
        .init(
            "tasks",
            "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>Done</ac:task-body></ac:task><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body><span>Open</span></ac:task-body></ac:task></ac:task-list>",
            "- [x] Done\n- [ ] Open"),
        .init(
            "table",
            "<table><colgroup><col/></colgroup><tbody><tr><th>K</th><th>a|b</th></tr><tr><td><p>1</p><p>2</p></td><td/></tr></tbody></table>",
            "| K | a\\|b |\n| --- | --- |\n| 1<br>2 | |"),
        .init(
            "spans stand once",
            "<table><tbody><tr><th>A</th><th>B</th><th>C</th></tr><tr><td rowspan=\"2\">m</td><td colspan=\"2\">w</td></tr><tr><td>x</td><td>y</td></tr></tbody></table>",
            "| A | B | C |\n| --- | --- | --- |\n| m | w | |\n| | x | y |"),
        .init("table without header", "<table><tbody><tr><td>a</td></tr></tbody></table>", "| |\n| --- |\n| a |"),
        .init(
            "list in a cell",
            "<table><tbody><tr><th>A</th></tr><tr><td><ul><li>x<ul><li>y</li></ul></li></ul></td></tr></tbody></table>",
            "| A |\n| --- |\n| - x<br>  - y |"),
        .init(
            "code", code("<ac:parameter ac:name=\"language\">Java</ac:parameter>", "<![CDATA[a < b && c\n  ```]]>"),
            "````java\na < b && c\n  ```\n````"),
        .init("code with a split section", code("", "<![CDATA[x[y[0]]]]><![CDATA[> 1]]>"), "```\nx[y[0]]> 1\n```"),
        .init("info", macro("info", "<p>Mind <b>this</b>.</p>"), "> **Info:** Mind **this**."),
        .init(
            "warning with title",
            macro("warning", "<ac:parameter ac:name=\"title\">Stop</ac:parameter>", "<p>a</p><ul><li>b</li></ul>"),
            "> **Warning: Stop**\n>\n> a\n>\n> - b"),
        .init("expand", macro("expand", "<p>x</p>"), "> **Details**\n>\n> x"),
        .init(
            "status",
            #"<p>Now <ac:structured-macro ac:name="status"><ac:parameter ac:name="title">DONE</ac:parameter><ac:parameter ac:name="colour">Green</ac:parameter></ac:structured-macro></p>"#,
            "Now [DONE]"),
        .init("contents list", #"<p>a</p><ac:structured-macro ac:name="toc"/><p>b</p>"#, "a\n\nb"),
        .init("unknown macro", macro("vendor-thing", "<p>kept</p>"), "kept"),
        .init(
            "block inside inline",
            #"<p>a <span><ac:structured-macro ac:name="noformat"><ac:plain-text-body><![CDATA[n]]></ac:plain-text-body></ac:structured-macro></span> b</p>"#,
            "a\n\n```\nn\n```\n\nb"),
        .init(
            "emoticons",
            #"<p><ac:emoticon ac:name="tick" ac:emoji-fallback=":check_mark:"/> <ac:emoticon ac:name="blue-star" ac:emoji-fallback="🚚"/></p>"#,
            "✅ 🚚"),
        .init(
            "layout",
            "<ac:layout><ac:layout-section><ac:layout-cell><p>l</p></ac:layout-cell><ac:layout-cell><p>r</p></ac:layout-cell></ac:layout-section></ac:layout>",
            "l\n\nr"),
        .init(
            "inline comment", #"<p>a <ac:inline-comment-marker ac:ref="1">b</ac:inline-comment-marker> c</p>"#, "a b c"),
        .init(
            "entities", "<p>a&nbsp;b &ldquo;q&rdquo; 3&deg; &#xD55C; &unknown; &amp;lt;</p>",
            "a b “q” 3° 한 \\&unknown; \\&lt;"),
        .init("invisible characters", "<p>a\u{200B}b\u{202E}c\u{FEFF} 👨\u{200D}👩</p>", "abc 👨\u{200D}👩"),
        .init(
            "escapes", "<p># no</p><p>1. no</p><p>- no</p><p>a_b _c_ 2*3 [확인] 10~20 &lt;b&gt;</p>",
            "\\# no\n\n1\\. no\n\n\\- no\n\na_b \\_c\\_ 2\\*3 [확인] 10~20 \\<b>"),
        .init(
            "emphasis beside Hangul",
            "<p><strong>값(value)</strong>은 <em>“말”</em>이 <b>가</b>나 <b><code>x</code></b>를</p>",
            "<strong>값(value)</strong>은 <em>“말”</em>이 **가**나 <strong>`x`</strong>를"),
        .init(
            "marks side by side", "<p><b>a</b><i>b</i><b><i>c</i>d</b></p>", "**a**<em>b**c**</em><strong>d</strong>"),
        .init(
            "exclamation mark before a link", #"<p>wow!<a href="https://x.example">a[1]</a></p>"#,
            #"wow\![a\[1\]](https://x.example)"#),
        .init(
            "lists in a row",
            "<ul><li>a</li></ul><ul><li>b</li></ul><ol><li>c</li></ol><ol start=\"2\"><li>d</li></ol>",
            "- a\n\n* b\n\n1. c\n\n2) d"),
        .init(
            "list that goes on behind a macro",
            "<ol><li>a</li></ol>" + code("", "<![CDATA[x]]>") + "<ol start=\"2\"><li>b</li></ol>",
            "1. a\n\n```\nx\n```\n\n2. b"),
        .init(
            "purple note with its fallback",
            "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note</ac:adf-attribute><ac:adf-content><p>once</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div class=\"panel\"><p>once</p></div></ac:adf-fallback></ac:adf-extension>",
            "> **Note:** once"),
        .init(
            "decisions",
            "<ac:adf-extension><ac:adf-node type=\"decision-list\"><ac:adf-node type=\"decision-item\"><ac:adf-content>go</ac:adf-content></ac:adf-node></ac:adf-node><ac:adf-fallback>go</ac:adf-fallback></ac:adf-extension>",
            "- **Decision:** go"),
        .init(
            "only a fallback", "<ac:adf-extension><ac:adf-fallback><p>x</p></ac:adf-fallback></ac:adf-extension>", "x"),
        .init(
            "old macro",
            "<ac:macro ac:name=\"code\"><ac:default-parameter>java</ac:default-parameter><ac:plain-text-body><![CDATA[x]]></ac:plain-text-body></ac:macro>",
            "```java\nx\n```"),
        .init(
            "excerpt in a sentence",
            "<p>a <ac:structured-macro ac:name=\"excerpt\"><ac:parameter ac:name=\"atlassian-macro-output-type\">INLINE</ac:parameter><ac:rich-text-body><p>b</p></ac:rich-text-body></ac:structured-macro> c</p>",
            "a b c"),
        .init(
            "comment marker across elements",
            #"<p>a <b>b <ac:inline-comment-marker ac:ref="1">c</ac:inline-comment-marker></b><ac:inline-comment-marker ac:ref="1"> d</ac:inline-comment-marker></p>"#,
            "a **b c** d"),
        .init(
            "include",
            #"<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="Shared"/></ac:link></ac:parameter></ac:structured-macro>"#,
            "[Shared](https://h.example/wiki/display/ENG/Shared)"),
        .init(
            "link with an image",
            #"<p><ac:link><ri:page ri:content-title="P"/><ac:link-body><ac:image><ri:attachment ri:filename="i.png"/></ac:image></ac:link-body></ac:link></p>"#,
            "[![i.png]()](https://h.example/wiki/display/ENG/P)"),
        .init(
            "link to a page by its id",
            #"<ac:link ac:anchor="a"><ri:content-entity ri:content-id="12"/><ac:plain-text-link-body><![CDATA[w]]></ac:plain-text-link-body></ac:link>"#,
            "[w](https://h.example/wiki/pages/viewpage.action?pageId=12#a)"),
        .init("empty link", #"<p>a<ac:link><ri:page/></ac:link>b</p>"#, "ab"),
        .init(
            "link in code", #"<p><code>a <a href="https://x.example">b</a></code></p>"#, "`a` [`b`](https://x.example)"),
        .init(
            "tables in cells",
            "<table><tbody><tr><td>a<table><tbody><tr><td>b</td><td>c</td></tr><tr><td>d</td></tr></tbody></table></td></tr></tbody></table>",
            "| |\n| --- |\n| a<br>b / c<br>d |"),
        .init(
            "code, heading and panel in a cell",
            "<table><tbody><tr><td><h2>h</h2>" + code("", "<![CDATA[x|y\n\nz]]>") + macro("info", "<p>i</p>")
                + "</td></tr></tbody></table>",
            "| |\n| --- |\n| **h**<br>`x\\|y`<br>`z`<br>**Info:** i |"),
        .init("heading that ends in a hash", "<h2>C #</h2><h3>F#</h3>", "## C \\#\n\n### F#"),
        .init("what would be a task", "<ul><li>[x] no</li><li>[ ] no</li></ul>", "- \\[x] no\n- \\[ ] no"),
        .init("what would define a link", "<p>[a]: https://x.example</p>", "[a]\\: https://x.example"),
        .init("what would be a list", "<p>* a<br/>+ b</p>", "\\* a\\\n\\+ b"),
        .init("what would be a table", "<p>a | b<br/>|---|---|</p>", "a | b\\\n\\|---|---|"),
        .init("document type", "<!DOCTYPE html><p>a</p><!-- no --><?pi no?>", "a"),
        .init("tag characters", "<p>a\u{E0041}\u{3164}b\u{3000}c</p>", "a b c"),
        .init("time", #"<p><time datetime="2026-08-31"/></p>"#, "2026-08-31"),
        .init("unclosed", "<p>a <b>b<p>c", "a **b**\n\n**c**"),
        .init("empty", "<p/><p> </p>", ""),
    ]

    @Test(arguments: cases) func becomes(_ item: Case) {
        let context = StorageConverter.Context(site: "https://h.example/wiki", spaceKey: "ENG", people: ["7:a": "김하늘"])
        #expect(StorageConverter.markdown(Array(item.storage.utf8), context: context) == item.markdown)
    }

    @Test func hugeSpansAndDepthsStaySmall() {
        let spans =
            "<table>" + String(repeating: "<tr><td rowspan='60000' colspan='60000'>x</td></tr>", count: 300)
            + "</table>"
        #expect(StorageConverter.markdown(Array(spans.utf8)).utf8.count < 250 * 300)
        for tag in ["div", "ul><li", "blockquote", "strong", "table><tr><td", "ac:structured-macro"] {
            let deep = String(repeating: "<\(tag)>", count: 5000) + "x"
            #expect(StorageConverter.markdown(Array(deep.utf8)).utf8.count < 1000)
        }
    }

    private static func macro(_ name: String, _ body: String) -> String { macro(name, "", body) }

    private static func macro(_ name: String, _ parameters: String, _ body: String) -> String {
        "<ac:structured-macro ac:name=\"\(name)\">\(parameters)<ac:rich-text-body>\(body)</ac:rich-text-body></ac:structured-macro>"
    }

    private static func code(_ parameters: String, _ body: String) -> String {
        "<ac:structured-macro ac:name=\"code\">\(parameters)<ac:plain-text-body>\(body)</ac:plain-text-body></ac:structured-macro>"
    }
}

extension StorageConverterTests.Case {
    init(_ name: String, _ storage: String, _ markdown: String) {
        self.init(testDescription: name, storage: storage, markdown: markdown)
    }
}
