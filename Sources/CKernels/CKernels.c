#include "CKernels.h"

#include <math.h>
#include <string.h>

// Which clone is taken is decided before a sanitizer is ready to watch.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))
// Sums may be taken in any order, so that they can be taken sixteen at a time.
#define RELAXED _Pragma("clang fp reassociate(on) contract(fast)")

typedef float lanes __attribute__((vector_size(64)));
enum { LANES = 16 };

// e^x to about one part in 10^7; below -87 it is taken as e^-87, which no sum notices.
// Source: the polynomial of Cephes expf, https://www.netlib.org/cephes/
INLINE float fast_exp(float x) {
    RELAXED
    x = x < -87.0f ? -87.0f : x;
    float n = __builtin_rintf(x * 1.44269504088896341f);
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t exponent = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &exponent, sizeof power);
    return p * power;
}

// The error function to 1.5e-7. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
INLINE float fast_erf(float x) {
    RELAXED
    float a = fabsf(x), t = 1.0f / (1.0f + 0.3275911f * a);
    float y = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
    return copysignf(1.0f - y * fast_exp(-a * a), x);
}

INLINE float gelu(float x) { return 0.5f * x * (1.0f + fast_erf(x * 0.70710678118f)); }

CLONES void ohra_look_up(
    const int32_t *ids, size_t count, size_t first_place, const float *words, const float *places, const float *type,
    size_t width, float *out) {
    for (size_t token = 0; token < count; token++) {
        const float *word = words + (size_t)ids[token] * width, *place = places + (first_place + token) * width;
        for (size_t i = 0; i < width; i++) out[token * width + i] = word[i] + place[i] + type[i];
    }
}

CLONES void ohra_mean(const float *x, size_t rows, size_t width, float *out) {
    memset(out, 0, width * sizeof(float));
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < width; i++) out[i] += x[row * width + i];
    }
    for (size_t i = 0; i < width; i++) out[i] /= (float)rows;
}

CLONES void ohra_layer_norm(
    float *x, const float *gain, const float *shift, size_t rows, size_t width, float epsilon) {
    RELAXED
    for (size_t row = 0; row < rows; row++) {
        float *p = x + row * width;
        float sum = 0, squares = 0;
        for (size_t i = 0; i < width; i++) sum += p[i];
        float mean = sum / (float)width;
        for (size_t i = 0; i < width; i++) squares += (p[i] - mean) * (p[i] - mean);
        float scale = 1.0f / sqrtf(squares / (float)width + epsilon);
        for (size_t i = 0; i < width; i++) p[i] = (p[i] - mean) * scale * gain[i] + shift[i];
    }
}

INLINE uint16_t narrow(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

CLONES void ohra_to_bf16(const float *x, uint16_t *out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = narrow(x[i]);
}

CLONES void ohra_gelu(float *x, size_t count) {
    RELAXED
    for (size_t i = 0; i < count; i++) x[i] = gelu(x[i]);
}

CLONES void ohra_gelu_bf16(const float *x, uint16_t *out, size_t count) {
    RELAXED
    for (size_t i = 0; i < count; i++) out[i] = narrow(gelu(x[i]));
}

// Spreads 0..255 over what a row holds, zero included, which so has a number of its own.
INLINE ohra_scale quantise_row(const float *x, uint8_t *out, size_t width) {
    RELAXED
    // Kept apart in lanes, because a comparison of single floats has to mind NaN and would be made one by one.
    lanes low = {0}, high = {0}, next;
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) {
        memcpy(&next, x + i, sizeof next);
        low = __builtin_elementwise_min(low, next);
        high = __builtin_elementwise_max(high, next);
    }
    float least = __builtin_reduce_min(low), most = __builtin_reduce_max(high);
    for (; i < width; i++) {
        least = x[i] < least ? x[i] : least;
        most = x[i] > most ? x[i] : most;
    }
    float step = most > least ? (most - least) / 255.0f : 1.0f, steps = 1.0f / step;
    int32_t zero = (int32_t)__builtin_rintf(-least * steps);
    for (i = 0; i < width; i++) {
        int32_t value = (int32_t)__builtin_rintf(x[i] * steps) + zero;
        out[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    return (ohra_scale){step, zero};
}

CLONES void ohra_quantise(const float *x, uint8_t *out, ohra_scale *scales, size_t rows, size_t width) {
    for (size_t row = 0; row < rows; row++) scales[row] = quantise_row(x + row * width, out + row * width, width);
}

// One value of a product.
INLINE float value(const ohra_int8_product *product, const int32_t *sums, ohra_scale scale, size_t i) {
    RELAXED
    return (float)(sums[i] - scale.zero * product->column_sums[i]) * (scale.step * product->column_scales[i])
        + product->bias[i];
}

CLONES void ohra_int8_plain(const ohra_int8_product *product, float *out) {
    RELAXED
    size_t width = product->width;
    for (size_t row = 0; row < product->rows; row++) {
        const int32_t *sums = product->sums + row * width;
        float *p = out + row * width;
        ohra_scale scale = product->row_scales[row];
        for (size_t i = 0; i < width; i++) p[i] = value(product, sums, scale, i);
    }
}

CLONES void ohra_int8_gelu(const ohra_int8_product *product, uint8_t *out, ohra_scale *out_scales, float *scratch) {
    RELAXED
    size_t width = product->width;
    for (size_t row = 0; row < product->rows; row++) {
        const int32_t *sums = product->sums + row * width;
        ohra_scale scale = product->row_scales[row];
        for (size_t i = 0; i < width; i++) scratch[i] = gelu(value(product, sums, scale, i));
        out_scales[row] = quantise_row(scratch, out + row * width, width);
    }
}

CLONES void ohra_int8_add(const ohra_int8_product *product, float *x) {
    RELAXED
    size_t width = product->width;
    for (size_t row = 0; row < product->rows; row++) {
        const int32_t *sums = product->sums + row * width;
        float *p = x + row * width;
        ohra_scale scale = product->row_scales[row];
        for (size_t i = 0; i < width; i++) p[i] += value(product, sums, scale, i);
    }
}

// Attention

enum { WIDEST_TILE = 2, MOST_ROWS = 8 };

INLINE size_t padded(size_t count) {
    const size_t step = WIDEST_TILE * LANES;
    return (count + step - 1) / step * step;
}

size_t ohra_attention_scratch(size_t length, size_t head_width) {
    // Keys transposed, values, and the scores of some queries.
    return padded(length) * head_width + length * padded(head_width) + MOST_ROWS * padded(length);
}

// How much of a product the registers hold at once: some rows of `vectors` times 16 columns.
typedef struct {
    int rows, vectors;
} shape;

// out[r][c] = sum over k of left[r][k] * right[k][c], for as many rows and columns as the shape has.
INLINE void tile(
    const float *left, size_t left_stride, const float *right, size_t right_stride, float *out, size_t out_stride,
    size_t depth, const shape s) {
    lanes sums[MOST_ROWS][WIDEST_TILE];
#pragma clang loop unroll(full)
    for (int r = 0; r < s.rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < s.vectors; v++) sums[r][v] = (lanes){0};
    }
    for (size_t k = 0; k < depth; k++) {
        lanes columns[WIDEST_TILE];
#pragma clang loop unroll(full)
        for (int v = 0; v < s.vectors; v++) memcpy(&columns[v], right + k * right_stride + v * LANES, sizeof(lanes));
#pragma clang loop unroll(full)
        for (int r = 0; r < s.rows; r++) {
            float value = left[(size_t)r * left_stride + k];
#pragma clang loop unroll(full)
            for (int v = 0; v < s.vectors; v++) sums[r][v] += value * columns[v];
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < s.rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < s.vectors; v++) memcpy(out + (size_t)r * out_stride + v * LANES, &sums[r][v], sizeof(lanes));
    }
}

// Turns scores into weights in place; returns what they must be divided by.
INLINE float exponentials(float *scores, size_t length, size_t padded_length) {
    RELAXED
    for (size_t i = length; i < padded_length; i++) scores[i] = scores[0];
    lanes most, next;
    memcpy(&most, scores, sizeof most);
    for (size_t i = LANES; i < padded_length; i += LANES) {
        memcpy(&next, scores + i, sizeof next);
        most = __builtin_elementwise_max(most, next);
    }
    float largest = __builtin_reduce_max(most), sum = 0;
    for (size_t i = 0; i < padded_length; i++) scores[i] = fast_exp(scores[i] - largest);
    for (size_t i = 0; i < length; i++) sum += scores[i];
    return sum;
}

typedef struct {
    const float *queries;
    size_t stride;
    const float *keys;
    const float *values;
    float *scores;
    float *out;
    size_t out_stride, length, head_width;
} head;

// Some queries of one head against all its keys and values.
INLINE void attend(const head *h, size_t first, const shape s) {
    RELAXED
    size_t columns = padded(h->length), value_columns = padded(h->head_width), step = (size_t)s.vectors * LANES;
    const float *queries = h->queries + first * h->stride;
    float divisors[MOST_ROWS];
    for (size_t c = 0; c < columns; c += step) {
        tile(queries, h->stride, h->keys + c, columns, h->scores + c, columns, h->head_width, s);
    }
    for (int r = 0; r < s.rows; r++) {
        divisors[r] = 1.0f / exponentials(h->scores + (size_t)r * columns, h->length, columns);
    }
    for (size_t c = 0; c < h->head_width; c += step) {
        float result[MOST_ROWS * WIDEST_TILE * LANES];
        tile(h->scores, columns, h->values + c, value_columns, result, step, h->length, s);
        size_t width = h->head_width - c < step ? h->head_width - c : step;
        for (int r = 0; r < s.rows; r++) {
            float *out = h->out + (first + (size_t)r) * h->out_stride + c;
            for (size_t i = 0; i < width; i++) out[i] = result[(size_t)r * step + i] * divisors[r];
        }
    }
}

INLINE void attention(
    const float *qkv, float *out, float *scratch, size_t length, size_t heads, size_t head_width, const shape s) {
    size_t width = heads * head_width, stride = 3 * width, columns = padded(length), value_columns = padded(head_width);
    float *keys = scratch, *values = keys + columns * head_width;
    float scale = 1.0f / sqrtf((float)head_width);
    head h = {
        .stride = stride, .keys = keys, .values = values, .scores = values + length * value_columns,
        .out_stride = width, .length = length, .head_width = head_width,
    };
    for (size_t index = 0; index < heads; index++) {
        h.queries = qkv + index * head_width;
        h.out = out + index * head_width;
        const float *source = h.queries + width;
        for (size_t i = 0; i < length; i++) {
            for (size_t k = 0; k < head_width; k++) keys[k * columns + i] = source[i * stride + k] * scale;
        }
        for (size_t k = 0; k < head_width; k++) {
            memset(keys + k * columns + length, 0, (columns - length) * sizeof(float));
        }
        source += width;
        for (size_t i = 0; i < length; i++) {
            memcpy(values + i * value_columns, source + i * stride, head_width * sizeof(float));
            memset(values + i * value_columns + head_width, 0, (value_columns - head_width) * sizeof(float));
        }
        size_t first = 0, rows = (size_t)s.rows;
        for (; first + rows <= length; first += rows) attend(&h, first, s);
        for (; first < length; first++) attend(&h, first, (shape){1, s.vectors});
    }
}

// One version per instruction set, because the best shape depends on how many registers there are and how wide.
#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"))) static void attention_v4(
    const float *qkv, float *out, float *scratch, size_t length, size_t heads, size_t head_width) {
    attention(qkv, out, scratch, length, heads, head_width, (shape){8, 2});
}
__attribute__((target("arch=x86-64-v3"))) static void attention_v3(
    const float *qkv, float *out, float *scratch, size_t length, size_t heads, size_t head_width) {
    attention(qkv, out, scratch, length, heads, head_width, (shape){6, 1});
}
#endif
static void attention_plain(
    const float *qkv, float *out, float *scratch, size_t length, size_t heads, size_t head_width) {
    attention(qkv, out, scratch, length, heads, head_width, (shape){2, 1});
}

void ohra_attention(const float *qkv, float *out, float *scratch, size_t length, size_t heads, size_t head_width) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4")) return attention_v4(qkv, out, scratch, length, heads, head_width);
    if (__builtin_cpu_supports("x86-64-v3")) return attention_v3(qkv, out, scratch, length, heads, head_width);
#endif
    attention_plain(qkv, out, scratch, length, heads, head_width);
}
