#include "CSimdJSON.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <simdjson.h>
#include <type_traits>

using namespace simdjson;

struct ohra_json_document {
    dom::parser parser;
};

namespace {

// The elements of simdjson's DOM are a pointer and an index; Swift carries them as two words.
template <typename To, typename From> To transmute(const From &from) {
    static_assert(sizeof(To) == sizeof(From) && std::is_trivially_copyable<From>::value, "layout of simdjson changed");
    To to;
    std::memcpy(static_cast<void *>(&to), static_cast<const void *>(&from), sizeof(To));
    return to;
}

struct words {
    uint64_t at[2];
};

dom::element element_of(ohra_json_value value) { return transmute<dom::element>(value); }
ohra_json_value value_of(dom::element element) { return transmute<ohra_json_value>(element); }

template <typename Iterator> void store(uint64_t into[2], const Iterator &iterator) {
    auto plain = transmute<words>(iterator);
    into[0] = plain.at[0];
    into[1] = plain.at[1];
}

template <typename Iterator> Iterator load(const uint64_t from[2]) {
    words plain{{from[0], from[1]}};
    return transmute<Iterator>(plain);
}

} // namespace

ohra_json_document *ohra_json_parse(
    const uint8_t *bytes, size_t length, size_t maximum_depth, ohra_json_value *root, int *error) {
    auto document = new (std::nothrow) ohra_json_document;
    if (document == nullptr) {
        *error = MEMALLOC;
        return nullptr;
    }
    error_code code = document->parser.allocate(length, maximum_depth);
    dom::element element;
    if (code == SUCCESS) { code = document->parser.parse(bytes, length).get(element); }
    *error = code;
    if (code != SUCCESS) {
        delete document;
        return nullptr;
    }
    *root = value_of(element);
    return document;
}

void ohra_json_free(ohra_json_document *document) { delete document; }

const char *ohra_json_error_text(int error) { return error_message(static_cast<error_code>(error)); }

ohra_json_kind ohra_json_kind_of(ohra_json_value value) {
    switch (element_of(value).type()) {
    case dom::element_type::ARRAY: return OHRA_JSON_ARRAY;
    case dom::element_type::OBJECT: return OHRA_JSON_OBJECT;
    case dom::element_type::INT64: return OHRA_JSON_INT64;
    case dom::element_type::UINT64: return OHRA_JSON_UINT64;
    case dom::element_type::DOUBLE: return OHRA_JSON_DOUBLE;
    case dom::element_type::STRING: return OHRA_JSON_STRING;
    case dom::element_type::BOOL: return OHRA_JSON_BOOL;
    default: return OHRA_JSON_NULL;
    }
}

const char *ohra_json_string(ohra_json_value value, size_t *length) {
    std::string_view text;
    if (element_of(value).get_string().get(text) != SUCCESS) { return nullptr; }
    *length = text.size();
    return text.data();
}

bool ohra_json_bool(ohra_json_value value, bool *result) { return element_of(value).get_bool().get(*result) == SUCCESS; }

bool ohra_json_int64(ohra_json_value value, int64_t *result) {
    return element_of(value).get_int64().get(*result) == SUCCESS;
}

bool ohra_json_double(ohra_json_value value, double *result) {
    return element_of(value).get_double().get(*result) == SUCCESS;
}

bool ohra_json_member(ohra_json_value value, const char *key, size_t length, ohra_json_value *result) {
    dom::object object;
    dom::element found;
    if (element_of(value).get_object().get(object) != SUCCESS) { return false; }
    if (object.at_key(std::string_view(key, length)).get(found) != SUCCESS) { return false; }
    *result = value_of(found);
    return true;
}

bool ohra_json_walk(ohra_json_value value, ohra_json_cursor *cursor) {
    auto element = element_of(value);
    dom::object object;
    dom::array array;
    if (element.get_array().get(array) == SUCCESS) {
        store(cursor->position, array.begin());
        store(cursor->end, array.end());
        cursor->is_object = false;
        return true;
    }
    if (element.get_object().get(object) == SUCCESS) {
        store(cursor->position, object.begin());
        store(cursor->end, object.end());
        cursor->is_object = true;
        return true;
    }
    return false;
}

bool ohra_json_next(ohra_json_cursor *cursor, const char **key, size_t *key_length, ohra_json_value *value) {
    if (cursor->is_object) {
        auto position = load<dom::object::iterator>(cursor->position);
        if (!(position != load<dom::object::iterator>(cursor->end))) { return false; }
        auto name = position.key();
        *key = name.data();
        *key_length = name.size();
        *value = value_of(position.value());
        ++position;
        store(cursor->position, position);
        return true;
    }
    auto position = load<dom::array::iterator>(cursor->position);
    if (!(position != load<dom::array::iterator>(cursor->end))) { return false; }
    *value = value_of(*position);
    ++position;
    store(cursor->position, position);
    return true;
}

int64_t ohra_json_floats(ohra_json_value value, float *into, size_t capacity) {
    dom::array array;
    if (element_of(value).get_array().get(array) != SUCCESS) { return -1; }
    size_t count = 0;
    for (dom::element member : array) {
        double number;
        if (count == capacity || member.get_double().get(number) != SUCCESS) { return -1; }
        into[count++] = static_cast<float>(number);
    }
    return static_cast<int64_t>(count);
}

char *ohra_json_text(ohra_json_value value, size_t *length) {
    std::string text = simdjson::to_string(element_of(value));
    auto copy = static_cast<char *>(std::malloc(text.size() + 1));
    if (copy == nullptr) { std::abort(); }
    std::memcpy(copy, text.data(), text.size());
    *length = text.size();
    return copy;
}

void ohra_json_text_free(char *text) { std::free(text); }

size_t ohra_json_write_double(double number, char *into) {
    // to_chars writes up to 20 digits before it turns to an exponent, and simdjson refuses integers beyond 64 bits.
    bool is_long = std::abs(number) >= 0x1p63;
    auto end = is_long ? std::to_chars(into, into + 32, number, std::chars_format::scientific)
                       : std::to_chars(into, into + 32, number);
    return static_cast<size_t>(end.ptr - into);
}

size_t ohra_json_write_floats(const float *numbers, size_t count, char *into) {
    char *position = into;
    *position++ = '[';
    for (size_t index = 0; index < count; index++) {
        if (index > 0) { *position++ = ','; }
        // The shortest form of a float has 9 digits at most: sign, point, exponent and comma make 16.
        position = std::to_chars(position, position + 15, numbers[index], std::chars_format::general).ptr;
    }
    *position++ = ']';
    return static_cast<size_t>(position - into);
}
