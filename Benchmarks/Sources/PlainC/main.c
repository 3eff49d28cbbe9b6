// What librabbitmq itself can do: publish with confirms in a window, consume and acknowledge each. No error is survived.
//   PlainC publish|consume HOST PORT QUEUE COUNT BODY-BYTES WINDOW
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_tcp_socket.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static amqp_connection_state_t state;

static void die(const char *what) {
    fprintf(stderr, "PlainC: %s failed\n", what);
    exit(1);
}

static void require(int status, const char *what) {
    if (status != AMQP_STATUS_OK) { die(what); }
}

static void require_reply(const char *what) {
    if (amqp_get_rpc_reply(state).reply_type != AMQP_RESPONSE_NORMAL) { die(what); }
}

static void open_connection(const char *host, int port) {
    state = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(state);
    require(amqp_socket_open(socket, host, port), "connecting");
    amqp_rpc_reply_t reply = amqp_login(state, "/", 1, 131072, 10, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) { die("logging in"); }
    amqp_channel_open(state, 1);
    require_reply("opening the channel");
}

// Confirms come out of order, alone or many at once: remembered by tag.
static unsigned char *confirmed;
static uint64_t lowest_unconfirmed = 1;
static long in_flight;

static void confirm(uint64_t tag) {
    if (!confirmed[tag]) {
        confirmed[tag] = 1;
        in_flight--;
    }
}

static void take_confirm(void) {
    amqp_frame_t frame;
    require(amqp_simple_wait_frame(state, &frame), "waiting for a confirm");
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD) {
        die("publishing: not confirmed");
    }
    amqp_basic_ack_t *ack = frame.payload.method.decoded;
    if (ack->multiple) {
        for (uint64_t tag = lowest_unconfirmed; tag <= ack->delivery_tag; tag++) { confirm(tag); }
        lowest_unconfirmed = ack->delivery_tag + 1;
    } else {
        confirm(ack->delivery_tag);
    }
    amqp_maybe_release_buffers(state);
}

static void publish(amqp_bytes_t queue, long count, size_t size, long window) {
    amqp_confirm_select(state, 1);
    require_reply("selecting confirms");
    confirmed = calloc((size_t)count + 1, 1);
    amqp_bytes_t body = {size, calloc(1, size)};
    amqp_basic_properties_t properties = {0};
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG;
    properties.delivery_mode = 2;
    properties.message_id = amqp_cstring_bytes("00000000-0000-0000-0000-000000000000");
    for (long sent = 0; sent < count; sent++) {
        while (in_flight >= window) { take_confirm(); }
        require(amqp_basic_publish(state, 1, amqp_empty_bytes, queue, 1, 0, &properties, body), "publishing");
        in_flight++;
    }
    while (in_flight > 0) { take_confirm(); }
}

static void consume(amqp_bytes_t queue, long count, size_t size, long window) {
    amqp_basic_qos(state, 1, 0, (uint16_t)window, 0);
    require_reply("setting the prefetch count");
    amqp_basic_consume(state, 1, queue, amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    require_reply("consuming");
    for (long taken = 0; taken < count; taken++) {
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(state);
        if (amqp_consume_message(state, &envelope, NULL, 0).reply_type != AMQP_RESPONSE_NORMAL) { die("a delivery"); }
        if (envelope.message.body.len != size) { die("the body's size"); }
        require(amqp_basic_ack(state, 1, envelope.delivery_tag, 0), "acknowledging");
        amqp_destroy_envelope(&envelope);
    }
    // A question that is answered: quorum queues may lose acknowledgements at a close that follows at once.
    amqp_basic_qos(state, 1, 0, 1, 0);
    require_reply("flushing");
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

int main(int count_of_arguments, char **arguments) {
    if (count_of_arguments != 8) {
        fprintf(stderr, "usage: PlainC publish|consume HOST PORT QUEUE COUNT BODY-BYTES WINDOW\n");
        return 64;
    }
    int publishes = strcmp(arguments[1], "publish") == 0;
    amqp_bytes_t queue = amqp_cstring_bytes(arguments[4]);
    long count = atol(arguments[5]), window = atol(arguments[7]);
    size_t size = (size_t)atol(arguments[6]);
    open_connection(arguments[2], atoi(arguments[3]));
    struct rusage before, after;
    struct timespec began, ended;
    getrusage(RUSAGE_SELF, &before);
    clock_gettime(CLOCK_MONOTONIC, &began);
    if (publishes) {
        publish(queue, count, size, window);
    } else {
        consume(queue, count, size, window);
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    getrusage(RUSAGE_SELF, &after);
    double wall = (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
    double processor = seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime);
    printf("{\"seconds\":%.4f,\"cpu\":%.4f}\n", wall, processor);
    amqp_channel_close(state, 1, AMQP_REPLY_SUCCESS);
    amqp_connection_close(state, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(state);
    return 0;
}
