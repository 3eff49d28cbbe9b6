// What a transformer does between its matrix products, on float32 rows laid end to end.
//
// Nothing is allocated and nothing is kept; pointers are borrowed for the call. Several versions are compiled for the
// instruction sets of x86-64 and the best one is picked when the program starts.
#pragma once
#include <stddef.h>
#include <stdint.h>

// One row per token: its word's row, the row of its place (counted from `first_place`) and the row of token type 0, added.
// All ids must be rows of `words`, all places rows of `places`.
void ohra_look_up(
    const int32_t *ids, size_t count, size_t first_place, const float *words, const float *places, const float *type,
    size_t width, float *out);

// The mean of rows.
void ohra_mean(const float *x, size_t rows, size_t width, float *out);

// x = (x - mean) / sqrt(variance + epsilon) * gain + shift, row by row.
void ohra_layer_norm(
    float *x, const float *gain, const float *shift, size_t rows, size_t width, float epsilon);

// float32 to bfloat16, to nearest, ties to even.
void ohra_to_bf16(const float *x, uint16_t *out, size_t count);

// GELU by the error function, in place; or into bfloat16.
void ohra_gelu(float *x, size_t count);
void ohra_gelu_bf16(const float *x, uint16_t *out, size_t count);

// How a row is quantised: x is about (number - zero) * step.
typedef struct {
    float step;
    int32_t zero;
} ohra_scale;

// Rows to uint8, each with a scale of its own.
void ohra_quantise(const float *x, uint8_t *out, ohra_scale *scales, size_t rows, size_t width);

// Multi-head attention of one sequence.
//
// qkv: `length` rows of queries, keys and values beside each other, each heads * head_width wide.
// out: `length` rows of heads * head_width. scratch: ohra_attention_scratch(...) floats, aligned to 64 bytes.
void ohra_attention(
    const float *qkv, float *out, float *scratch, size_t length, size_t heads, size_t head_width);
size_t ohra_attention_scratch(size_t length, size_t head_width);

// Sums of an int8 product: value = (sum - row's zero * column's sum of weights) * row's step * column's scale + bias.
typedef struct {
    const int32_t *sums;
    const ohra_scale *row_scales;
    const float *column_scales;
    const int32_t *column_sums;
    const float *bias;
    size_t rows, width;
} ohra_int8_product;

// out = values.
void ohra_int8_plain(const ohra_int8_product *product, float *out);
// out = gelu(values), quantised again; out_scales may be the product's row_scales. scratch holds one row.
void ohra_int8_gelu(const ohra_int8_product *product, uint8_t *out, ohra_scale *out_scales, float *scratch);
// x = x + values.
void ohra_int8_add(const ohra_int8_product *product, float *x);
