import CCurl

// C entry points of the transfers. libcurl calls them on the transport's thread, inside `curl_multi_perform`, with the
// transfer that was set as their context; `CurlMulti` holds that transfer meanwhile.

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
}

func curlWrite(_ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    let bytes = UnsafeRawBufferPointer(start: start, count: size * count)
    return transfer(context)?.receive(bytes) == true ? bytes.count : Int(CURL_WRITEFUNC_ERROR)
}

func curlHeader(_ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    let bytes = UnsafeRawBufferPointer(start: start, count: size * count)
    return transfer(context)?.receiveHeader(bytes) == true ? bytes.count : Int(CURL_WRITEFUNC_ERROR)
}

func curlRead(_ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    transfer(context)?.fill(UnsafeMutableRawBufferPointer(start: start, count: size * count))
        ?? Int(CURL_READFUNC_ABORT)
}

func curlSeek(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard origin == 0, transfer(context)?.rewind(to: Int(offset)) == true else { return CURL_SEEKFUNC_FAIL }
    return CURL_SEEKFUNC_OK
}
