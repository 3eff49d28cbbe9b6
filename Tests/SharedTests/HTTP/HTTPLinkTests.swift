import Shared
import Testing

@Suite struct HTTPLinkTests {
    @Test(arguments: [
        ("/rest/next?cursor=a", "https://wiki.example.com/rest/next?cursor=a"),
        ("https://wiki.example.com/x", "https://wiki.example.com/x"),
        ("https://WIKI.example.com:443/x", "https://wiki.example.com:443/x"),
        ("?start=5", "https://wiki.example.com/wiki/api?start=5"),
    ])
    func linkToTheSameOriginIsResolved(link: String, url: String) {
        #expect(HTTPLink.resolve(link, against: "https://wiki.example.com/wiki/api")?.lowercased() == url)
    }

    @Test(arguments: [
        "http://wiki.example.com/x", "https://wiki.example.com:8443/x", "https://evil.example.com/x",
        "//evil.example.com/x",
        "https://wiki.example.com@evil.example.com/", "https://user@wiki.example.com/",
        "https://wiki.example.com.evil.com/",
        "\\\\evil.example.com/x\r\n", "file:///etc/passwd", "https:///x", "javascript:alert(1)",
    ])
    func linkElsewhereIsRefused(link: String) {
        #expect(HTTPLink.resolve(link, against: "https://wiki.example.com/wiki/api") == nil)
    }
}
