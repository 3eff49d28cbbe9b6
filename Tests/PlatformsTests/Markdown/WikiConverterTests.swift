import Testing

@testable import Platforms

/// One small body of wiki markup per construct.
struct WikiConverterTests {
    static let blocks: [(String, String)] = [
        ("h1. One\nh3. Three\nh7. no", "# One\n\n### Three\n\nh7. no"),
        ("one\ntwo\n\nthree", "one\\\ntwo\n\nthree"),
        ("one\r\ntwo\r\n\r\nthree", "one\\\ntwo\n\nthree"),
        ("a\n----\nb ---- c", "a\n\n---\n\nb ---- c"),
        ("bq. one\nbq. two", "> one\\\n> two"),
        ("* a\n** b\n**# c\n**# d\n* e", "- a\n  - b\n    1. c\n    2. d\n- e"),
        ("# a\n#* b\n# c\nmore of c", "1. a\n   - b\n2. c\\\n   more of c"),
        ("- a\n-- b\n\n-- no list", "- a\n  - b\n\n– no list"),
        ("* a\n\n* b", "- a\n\n* b"),
        ("**** deep\n* a", "- deep\n- a"),
        ("*bold* is no item", "**bold** is no item"),
        ("|| A || B ||\n| 1 | x\\|y |\n| open | row", "| A | B |\n| --- | --- |\n| 1 | x\\|y |\n| open | row |"),
        ("||k|v|\n||l|w|", "| | |\n| --- | --- |\n| k | v |\n| l | w |"),
        (
            "|[a|http://b.c]|!i.png|width=1!|{{x|y}}|",
            "| | | |\n| --- | --- | --- |\n| [a](http://b.c) | ![i.png]() | `x\\|y` |"
        ),
        ("|one\n* a\n* b|two|\nafter", "| | |\n| --- | --- |\n| one<br>- a<br>- b | two |\n\nafter"),
        ("|{code}\na|b\n{code}|c|", "| | |\n| --- | --- |\n| `a\\|b` | c |"),
        (
            "{code:java|title=Main.java}\nint *a*;\n\n  b;\n{code}\ntext",
            "**Main.java**\n\n```java\nint *a*;\n\n  b;\n```\n\ntext"
        ),
        ("{code}a{code} b {code:sql}c{code}", "```\na\n```\n\nb\n\n```sql\nc\n```"),
        ("{noformat}{code}*x*{code}{noformat}", "```\n{code}*x*{code}\n```"),
        ("{code}never closed\n*x*", "```\nnever closed\n*x*\n```"),
        ("{quote}one\n\n* two{quote}", "> one\n>\n> - two"),
        ("{quote}{code}{quote}{code} x{quote}y", "> ```\n> {quote}\n> ```\n>\n> x\n\ny"),
        ("{quote}never closed", "never closed"),
        ("{panel:title=T|borderStyle=dashed}\nx\n{panel}", "> **T**\n>\n> x"),
        ("{panel:bgColor=#e3fcef}\nx\n{panel}", "> **Tip:** x"),
        ("{info}x{info}{expand:More}y{expand}", "> **Info:** x\n\n> **More**\n>\n> y"),
        ("* a {quote}\n\nb\n{quote}\n* c", "- a\n\n  > b\n- c"),
        ("{toc}\n{anchor:x}a", "a"),
        ("{color:red}\nh1. T\n{color}", "# T"),
        (
            "{adf:display=block}\n{\"type\":\"decisionList\",\"content\":[{\"type\":\"decisionItem\",\"content\":[{\"type\":\"text\",\"text\":\"go\"}]}]}\n{adf}",
            "- **Decision:** go"
        ),
        ("{adf}{\"type\":{adf}", "```json\n{\"type\":\n```"),
    ]

    static let inline: [(String, String)] = [
        ("*b* _i_ -s- +u+ ^p^ ~q~ ??c??", "**b** *i* ~~s~~ <u>u</u> <sup>p</sup> <sub>q</sub> *c*"),
        ("*_both_* and *a _b* c_", "***both*** and **a *b*** *c*"),
        ("no*bold* 가*나* a_b_c x^2^", "no\\*bold\\* 가\\*나\\* a_b_c x^2^"),
        ("x* no* *no * *x", "x\\* no\\* \\*no * \\*x"),
        ("a{*}b{*}c 한{_}글{_}", "a**b**c 한*글*"),
        ("*over\nlines*", "\\*over\\\nlines\\*"),
        ("x ** *** -- a -- b --- c", "x \\*\\* \\*\\*\\* – a – b — c"),
        ("{{mono *x* \\{y\\}}} {{open", "`mono *x* {y}` {{open"),
        ("{color:red}r *b*{color} *a {color:#fff}c{color}*", "r **b a c**"),
        ("{color}x {unknown}y{unknown}", "x {unknown}y{unknown}"),
        ("\\*a\\* \\{code} \\\\ b", "\\*a\\* {code}\\\nb"),
        ("C:\\Users\\x", "C:\\Users\\x"),
        (
            "[http://a.b/c_d] [words|http://a.b] [w|http://a.b|tip] [x|http://a.b|smart-link]",
            "<http://a.b/c_d> [words](http://a.b) [w](http://a.b) [x](http://a.b)"
        ),
        ("[http://a.b|http://a.b|smart-card]", "<http://a.b>"),
        ("[*b* w|http://a.b] [!i.png!|http://a.b]", "[**b** w](http://a.b) [![i.png]()](http://a.b)"),
        ("[^a b.pdf] [#top] [up|#top] [mailto:a@b.c]", "[a b.pdf](a%20b.pdf) [top](#top) [up](#top) <a@b.c>"),
        ("[~kim] [~accountid:5:x]님 [~kim][~lee]a", "@김 @5:x님 @김 @lee a"),
        (
            "[no link] [no|link] [] [ ] [[http://a.b]] [a|javascript:x]",
            "[no link] [no|link] [] [ ] [<http://a.b>] [a|javascript:x]"
        ),
        ("see http://a.b/*c*/d, https://e.f). (http://g.h)", "see <http://a.b/*c*/d>, <https://e.f>). (<http://g.h>)"),
        (
            "!a.png! !a b.png|thumbnail! !http://a.b/c.gif! wow! great! !x.png|alt=A map!",
            "![a.png]() ![a b.png]() ![](http://a.b/c.gif) wow! great! ![A map](x.png)"
        ),
        ("(/) (x) (!) :) f(x) (i)", "✅ ❌ ⚠️ 🙂 f(x) ℹ️"),
        ("a&nbsp;b &amp; &#54620;", "a b & 한"),
        ("wow![a|http://b.c]", "wow\\![a](http://b.c)"),
        ("a\u{200B}b\u{202E}c", "abc"),
    ]

    private static let context = BodyContext(people: ["kim": "김"])

    @Test(arguments: blocks + inline) func becomes(_ wiki: String, _ markdown: String) throws {
        #expect(try BodyConverter.convert(Array(wiki.utf8), from: .wiki, context: Self.context) == markdown)
    }
}
