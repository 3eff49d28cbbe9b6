// Variadic calls, macros and static helpers that Swift cannot call itself. No logic, no state.
#pragma once
#include <curl/curl.h>
#include <malloc.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#define OHRA_INLINE static inline

// prctl is variadic; the kernel keeps 15 bytes of the name.
OHRA_INLINE int ohra_thread_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// malloc.h is in no module.
OHRA_INLINE int ohra_heap_map_blocks_from(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes); }
OHRA_INLINE int ohra_heap_limit_arenas(int count) { return mallopt(M_ARENA_MAX, count); }

// curl_easy_setopt, curl_multi_setopt and curl_easy_getinfo are variadic.
OHRA_INLINE CURLcode ohra_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
OHRA_INLINE CURLcode ohra_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
OHRA_INLINE CURLcode ohra_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
OHRA_INLINE CURLcode ohra_curl_set_large(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
OHRA_INLINE CURLcode ohra_curl_set_write(
    CURL *easy, CURLoption option, size_t (*callback)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(easy, option, callback);
}
OHRA_INLINE CURLcode ohra_curl_set_seek(CURL *easy, int (*callback)(void *, curl_off_t, int)) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}
OHRA_INLINE CURLcode ohra_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}
OHRA_INLINE CURLcode ohra_curl_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}
OHRA_INLINE CURLMcode ohra_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// --- AMQP (used by Shared/AMQP/LibRabbitMQ only) ---
// By way of the other module's header, so that the types belong to that module alone.
#include "../../CRabbitMQ/CRabbitMQ.h"

// amqp_login_with_properties is variadic.
OHRA_INLINE amqp_rpc_reply_t ohra_amqp_login_plain(
    amqp_connection_state_t state, const char *vhost, int channel_max, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *user, const char *password) {
    return amqp_login_with_properties(
        state, vhost, channel_max, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN, user, password);
}
