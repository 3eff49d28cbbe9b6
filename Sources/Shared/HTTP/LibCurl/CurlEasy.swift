import CCurl
import CShims

/// An easy handle with the options of one transfer. Freed with the last reference, on the transport's thread.
final class CurlEasy {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var failure = CURLE_OK

    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Forgets the last transfer; connections stay with the multi handle.
    func reset() {
        curl_easy_reset(pointer)
        curl_slist_free_all(headerList)
        headerList = nil
        errorText[0] = 0
        failure = CURLE_OK
    }

    /// Sets every option anew.
    ///
    /// - Returns: false when libcurl refuses one; the transfer must not start then, as a safety option may be missing.
    func prepare(_ transfer: CurlTransfer, _ options: CurlTransport.Options) -> Bool {
        setString(CURLOPT_URL, transfer.request.url)
        setString(CURLOPT_CUSTOMREQUEST, transfer.request.method.rawValue)
        setSafety(options)
        setLimits(options)
        setHeaders(transfer)
        setBody(transfer)
        setCallbacks(transfer)
        return failure == CURLE_OK
    }

    var status: Int { number(CURLINFO_RESPONSE_CODE) }

    /// Whether the transfer ran on a connection that an earlier one had opened.
    var isOnReusedConnection: Bool { number(CURLINFO_NUM_CONNECTS) == 0 }

    var systemError: Int { number(CURLINFO_OS_ERRNO) }

    /// libcurl's own words on the last fault. May name the host; holds text of the peer in some cases.
    var detail: String { String(cString: errorText) }

    func useFreshConnection() { setLong(CURLOPT_FRESH_CONNECT, 1) }

    // MARK: Options

    private func setSafety(_ options: CurlTransport.Options) {
        setString(CURLOPT_PROTOCOLS_STR, "http,https")
        setLong(CURLOPT_FOLLOWLOCATION, 0)
        setLong(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        setString(CURLOPT_PROXY, options.proxy)
        setLong(CURLOPT_SSL_VERIFYPEER, 1)
        setLong(CURLOPT_SSL_VERIFYHOST, 2)
        setLong(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = options.certificateAuthorityFile { setString(CURLOPT_CAINFO, file) }
        setLong(CURLOPT_NOSIGNAL, 1)
    }

    private func setLimits(_ options: CurlTransport.Options) {
        setLong(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds)
        setLong(CURLOPT_LOW_SPEED_LIMIT, 1)
        setLong(CURLOPT_LOW_SPEED_TIME, max(1, options.stallTimeout.milliseconds / 1000))
        setLong(CURLOPT_MAXLIFETIME_CONN, max(1, options.maximumConnectionAge.milliseconds / 1000))
        setLong(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        setLong(CURLOPT_TCP_KEEPALIVE, 1)
        // Without it, giving up a transfer that is still resolving would block the thread until the resolver answers.
        setLong(CURLOPT_QUICK_EXIT, 1)
    }

    private func setHeaders(_ transfer: CurlTransfer) {
        setString(CURLOPT_USERAGENT, UserAgent.value)
        setString(CURLOPT_ACCEPT_ENCODING, "gzip")
        // `Expect: 100-continue` would cost a second with servers that do not answer it.
        var lines = ["Expect:"] + transfer.target.headerLines
        let hasBody = transfer.request.body != nil
        if hasBody, !transfer.request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type: application/octet-stream")
        }
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else {
                failure = CURLE_OUT_OF_MEMORY
                return
            }
            headerList = longer
        }
        note(ohra_curl_set_pointer(pointer, CURLOPT_HTTPHEADER, headerList))
    }

    private func setBody(_ transfer: CurlTransfer) {
        let needsLength = [.post, .put, .patch].contains(transfer.request.method)
        guard transfer.request.body != nil || needsLength else { return }
        // POST for all methods: with PUT libcurl would want other options for the same thing. The method sent is
        // CUSTOMREQUEST's. The body is pulled by the read callback: one copy, into libcurl's send buffer.
        setLong(CURLOPT_POST, 1)
        note(
            ohra_curl_set_large(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(transfer.request.body?.count ?? 0)))
    }

    private func setCallbacks(_ transfer: CurlTransfer) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        note(ohra_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText))
        note(ohra_curl_set_write(pointer, CURLOPT_WRITEFUNCTION, curlWrite))
        note(ohra_curl_set_pointer(pointer, CURLOPT_WRITEDATA, context))
        note(ohra_curl_set_write(pointer, CURLOPT_HEADERFUNCTION, curlHeader))
        note(ohra_curl_set_pointer(pointer, CURLOPT_HEADERDATA, context))
        note(ohra_curl_set_write(pointer, CURLOPT_READFUNCTION, curlRead))
        note(ohra_curl_set_pointer(pointer, CURLOPT_READDATA, context))
        note(ohra_curl_set_seek(pointer, curlSeek))
        note(ohra_curl_set_pointer(pointer, CURLOPT_SEEKDATA, context))
    }

    private func setLong(_ option: CURLoption, _ value: Int) { note(ohra_curl_set_long(pointer, option, value)) }

    private func setString(_ option: CURLoption, _ value: String) { note(ohra_curl_set_string(pointer, option, value)) }

    private func note(_ code: CURLcode) { if failure == CURLE_OK { failure = code } }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ohra_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }
}

extension Duration {
    /// Whole milliseconds, rounded up; at most ten days, which suits 32-bit fields of C.
    var milliseconds: Int {
        guard self < .seconds(864_000) else { return 864_000_000 }
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
