import CCurl
import Glibc

/// libcurl's result as the transport's error; nil-initialised for a complete answer.
///
/// Messages are libcurl's constant texts, which hold nothing of the request; only TLS faults get its detailed text, which
/// names the certificate's fault and the host.
struct CurlFailure {
    let code: HTTPError.Code
    let message: String

    init?(_ result: CURLcode, _ easy: CurlEasy, _ transfer: CurlTransfer) {
        if result == CURLE_OK { return nil }
        if transfer.isTooLarge {
            code = .responseTooLarge
            message =
                "the answer is larger than \(transfer.request.maximumResponseBytes) bytes, or its headers too large"
            return
        }
        var text = String(cString: curl_easy_strerror(result))
        let detail = easy.detail.logSafe()
        code = Self.code(of: result, detail)
        if code == .tls, !detail.isEmpty {
            text = detail
        } else if easy.systemError != 0 {
            text += " (\(Self.systemText(easy.systemError)))"
        }
        message = text
    }

    private static func code(of result: CURLcode, _ detail: String) -> HTTPError.Code {
        switch result {
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION: .invalidRequest
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: .connectionFailed
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED,
            CURLE_SSL_ENGINE_INITFAILED:
            .tls
        case CURLE_SSL_CONNECT_ERROR: isBrokenHandshake(detail) ? .interrupted : .tls
        // CURLE_UNSUPPORTED_PROTOCOL is also what an answer without a status line gives; our URLs are checked before.
        default: .interrupted
        }
    }

    /// A connection that broke during the handshake is a passing fault, a refused handshake is not.
    private static func isBrokenHandshake(_ detail: String) -> Bool {
        ["SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof", "Broken pipe"].contains { detail.contains($0) }
    }

    private static func systemText(_ number: Int) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            return strerror_r(Int32(truncatingIfNeeded: number), start, buffer.count) == 0 ? String(cString: start) : ""
        }
    }
}
