import CCurl
import CShims
import Glibc

/// The multi handle: starts transfers, drives them and answers their callers. Belongs to the transport's thread.
final class CurlMulti {
    private struct Active {
        let transfer: CurlTransfer
        let easy: CurlEasy
    }

    /// Easy handles kept for further requests; each costs a few kilobytes.
    private static let maximumIdleHandles = 16

    private let options: CurlTransport.Options
    private let multi: UnsafeMutableRawPointer
    private var active: [UnsafeMutableRawPointer: Active] = [:]
    private var idle: [CurlEasy] = []
    private var nextDeadline: ContinuousClock.Instant?

    init?(options: CurlTransport.Options) {
        guard let multi = curl_multi_init() else { return nil }
        self.options = options
        self.multi = multi
        ohra_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, options.maximumConnectionsPerHost)
        ohra_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.maximumIdleConnections)
    }

    deinit {
        // Order asked for by libcurl: easy handles first, then the multi handle that holds their connections.
        idle = []
        curl_multi_cleanup(multi)
    }

    func start(_ transfer: CurlTransfer) {
        guard transfer.deadline > .now else { return transfer.finish(.deadlinePassed) }
        guard let easy = idle.popLast() ?? CurlEasy(), easy.prepare(transfer, options),
            curl_multi_add_handle(multi, easy.pointer) == CURLM_OK
        else { return transfer.finish(.invalidRequest, "libcurl refuses an option of the request") }
        active[easy.pointer] = Active(transfer: transfer, easy: easy)
        nextDeadline = min(nextDeadline ?? transfer.deadline, transfer.deadline)
    }

    func cancel(_ id: UInt64) {
        guard let entry = active.values.first(where: { $0.transfer.id == id }) else { return }
        release(entry)
        entry.transfer.finish(.cancelled)
    }

    /// Ends all transfers.
    func close() {
        for entry in active.values {
            release(entry)
            entry.transfer.finish(.closed)
        }
        idle = []
    }

    /// See ``ConnectionThread/Pump``.
    func pump(wakeup: Int32, mayWait: Bool) {
        var running: Int32 = 0
        let status = curl_multi_perform(multi, &running)
        collect()
        expire()
        if status != CURLM_OK { failAll(String(cString: curl_multi_strerror(status))) }
        guard mayWait else { return }
        var extra = curl_waitfd(fd: wakeup, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        if curl_multi_poll(multi, &extra, 1, waitMilliseconds, nil) != CURLM_OK {
            // Out of memory, most likely. Wait without libcurl rather than spin.
            var descriptor = pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, 100)
        }
    }

    /// Up to the next deadline, at most a second.
    private var waitMilliseconds: Int32 {
        guard let nextDeadline else { return 1000 }
        return Int32(min(1000, max(0, ContinuousClock.now.duration(to: nextDeadline).milliseconds)))
    }

    private func collect() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle,
                let entry = active[pointer]
            else { continue }
            // Read before the handle is removed: that frees the message.
            let code = message.pointee.data.result
            complete(entry, code)
        }
    }

    private func complete(_ entry: Active, _ code: CURLcode) {
        let (transfer, easy) = (entry.transfer, entry.easy)
        if repeatsOnFreshConnection(entry, code) { return }
        let status = easy.status
        let failure = CurlFailure(code, easy, transfer)
        release(entry)
        if let failure {
            transfer.finish(failure.code, failure.message)
        } else if status == 0 {
            transfer.finish(.interrupted, "the answer has no status")
        } else {
            transfer.finish(status: status)
        }
    }

    /// A server may close an idle connection at the very moment we use it. libcurl repeats most of such requests itself,
    /// but not when the fault shows while a large body is being sent. All our requests may be repeated.
    private func repeatsOnFreshConnection(_ entry: Active, _ code: CURLcode) -> Bool {
        let (transfer, easy) = (entry.transfer, entry.easy)
        guard [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING].contains(code), !transfer.isRepeated,
            transfer.hasReceivedNothing, easy.isOnReusedConnection
        else { return false }
        curl_multi_remove_handle(multi, easy.pointer)
        transfer.isRepeated = true
        transfer.startOver()
        easy.useFreshConnection()
        if curl_multi_add_handle(multi, easy.pointer) == CURLM_OK { return true }
        return false
    }

    private func expire() {
        guard let nextDeadline, nextDeadline <= .now else { return }
        let now = ContinuousClock.now
        for entry in active.values where entry.transfer.deadline <= now {
            release(entry)
            entry.transfer.finish(.deadlinePassed)
        }
        self.nextDeadline = active.values.map(\.transfer.deadline).min()
    }

    private func failAll(_ reason: String) {
        for entry in active.values {
            release(entry)
            entry.transfer.finish(.interrupted, reason)
        }
    }

    private func release(_ entry: Active) {
        curl_multi_remove_handle(multi, entry.easy.pointer)
        active[entry.easy.pointer] = nil
        if active.isEmpty { nextDeadline = nil }
        guard idle.count < Self.maximumIdleHandles else { return }
        entry.easy.reset()
        idle.append(entry.easy)
    }
}
