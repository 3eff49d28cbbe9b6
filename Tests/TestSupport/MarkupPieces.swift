/// Parts of the three syntaxes, for mutations.
public enum MarkupPieces {
    public static let all = storage + adf + wiki + characters

    static let storage = [
        "<p>", "</p>", "<ul><li>", "</li></ul>", "<ol>", "<table><tbody><tr><td>", "</td></tr></tbody></table>",
        "<td colspan=\"99999\" rowspan=\"99999\">", "<th>", "<strong>", "</strong>", "<em>", "<code>", "</code>",
        "<br/>",
        "<ac:structured-macro ac:name=\"code\">", "</ac:structured-macro>", "<ac:plain-text-body><![CDATA[", "]]>",
        "]]]]><![CDATA[>", "</ac:plain-text-body>", "<ac:rich-text-body>", "<ac:link>", "<ri:page ri:content-title=\"",
        "\"/>",
        "<ac:link-body>", "<ac:image>", "<ac:task-list><ac:task>", "<ac:adf-extension>", "<!--", "-->", "<!DOCTYPE x [",
        "<!ENTITY a \"&b;&b;\">", "&amp;", "&nbsp;", "&#x10FFFF;", "&#0;", "&lol9;", "<div", "<a href=\"", "<", ">",
        "/>",
    ]

    static let adf = [
        #"{"type":"paragraph","content":["#, "]}", #"{"type":"text","text":"a"}"#, #","marks":[{"type":"strong"}]"#,
        #"{"type":"bulletList","content":[{"type":"listItem","content":["#, #"{"type":"table","content":["#, "[[[[",
        "{", "}",
        "null", "1e999", "-0", #""\ud800""#, ",", ":", "\"",
    ]

    static let wiki = [
        "{code}", "{code:java|title=a}", "{noformat}", "{quote}", "{panel:title=x}", "{panel}", "{color:red}",
        "{color}",
        "{{", "}}", "{adf:display=block}", "{adf}", "{*}", "*", "_", "-", "+", "^", "~", "??", "[", "]",
        "[a|http://b.c]", "|",
        "||", "\n|", "\n* ", "\n#* ", "\n**** ", "\n----\n", "h1. ", "bq. ", "!a.png!", "!", "\\", "\\\\", "(!)",
        "http://",
        "\n\n", "--", "---", "\r\n",
    ]

    static let characters = ["\u{200B}", "\u{202E}", "\u{FEFF}", "한글", "👨\u{200D}👩", "\u{A0}", "\0", " ", "\t", "\n"]
}
