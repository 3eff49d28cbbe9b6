// A thin C face of simdjson's DOM parser, so that Swift needs no C++ interoperability.
// Every value borrows from its document and dies with it. No function here keeps state of its own.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ohra_json_document ohra_json_document;

/// A place in a document; two machine words, free to copy.
typedef struct {
    uint64_t words[2];
} ohra_json_value;

/// Walks the members of an array or object.
typedef struct {
    uint64_t position[2];
    uint64_t end[2];
    bool is_object;
} ohra_json_cursor;

typedef enum {
    OHRA_JSON_NULL,
    OHRA_JSON_BOOL,
    OHRA_JSON_INT64,
    OHRA_JSON_UINT64,
    OHRA_JSON_DOUBLE,
    OHRA_JSON_STRING,
    OHRA_JSON_ARRAY,
    OHRA_JSON_OBJECT,
} ohra_json_kind;

/// Parses `length` bytes (copied; UTF-8 is verified). NULL on a fault, with simdjson's error code in `error`.
ohra_json_document *ohra_json_parse(
    const uint8_t *bytes, size_t length, size_t maximum_depth, ohra_json_value *root, int *error);
void ohra_json_free(ohra_json_document *document);
/// A constant English text for an error code.
const char *ohra_json_error_text(int error);

ohra_json_kind ohra_json_kind_of(ohra_json_value value);
/// Borrowed UTF-8 without a terminator; NULL when the value is no string.
const char *ohra_json_string(ohra_json_value value, size_t *length);
bool ohra_json_bool(ohra_json_value value, bool *result);
bool ohra_json_int64(ohra_json_value value, int64_t *result);
/// Any number, integers widened.
bool ohra_json_double(ohra_json_value value, double *result);
/// Finds a member of an object by its exact key.
bool ohra_json_member(ohra_json_value value, const char *key, size_t length, ohra_json_value *result);
/// False when the value is neither array nor object.
bool ohra_json_walk(ohra_json_value value, ohra_json_cursor *cursor);
/// The next member; `key` is set for objects only. False at the end.
bool ohra_json_next(ohra_json_cursor *cursor, const char **key, size_t *key_length, ohra_json_value *value);
/// Copies an array of numbers as float32; returns how many, or -1 when a member is no number or `capacity` is too small.
int64_t ohra_json_floats(ohra_json_value value, float *into, size_t capacity);
/// Compact JSON text of a value; the caller frees it with `ohra_json_text_free`.
char *ohra_json_text(ohra_json_value value, size_t *length);
void ohra_json_text_free(char *text);

/// Shortest decimal text that reads back as the same number; at most 32 bytes, returns the length. Finite numbers only.
size_t ohra_json_write_double(double number, char *into);
/// An array of finite numbers with brackets and commas; `into` holds at least 16 bytes per number and 2 more. Returns the length.
size_t ohra_json_write_floats(const float *numbers, size_t count, char *into);

#ifdef __cplusplus
}
#endif
