// Matrix products of a transformer's linear layers by oneDNN, behind plain C types: no dnnl type leaves this target.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    OHRA_FP32,
    // Weights and inputs are bfloat16, sums are fp32. Where the processor has no such products the same rounded numbers are
    // multiplied as fp32: slower, but the same vectors.
    OHRA_BF16,
    // Weights are int8 with a scale per output, inputs uint8, sums int32 for the caller to scale.
    OHRA_INT8,
} ohra_precision;

// What becomes of a product after the bias was added. OHRA_INT8 adds neither: its sums must be scaled first.
typedef enum {
    // It is the output.
    OHRA_PLAIN,
    // It is added to what the output holds.
    OHRA_ADD,
} ohra_epilogue;

// Weights of one layer in the layout this processor likes best. Read-only once made: any thread may use it.
typedef struct ohra_linear ohra_linear;
// The products one thread has made so far. Belongs to that thread.
typedef struct ohra_lane ohra_lane;

// Whether this processor has instructions for a precision.
bool ohra_precision_is_native(ohra_precision precision);

// weights: outputs x inputs, row after row; bias: one number per output. Both are copied.
// Returns NULL when there is no memory or oneDNN refuses.
ohra_linear *ohra_linear_new(
    ohra_precision precision, ohra_epilogue epilogue, size_t outputs, size_t inputs, const float *weights,
    const float *bias);
void ohra_linear_free(ohra_linear *linear);
// OHRA_INT8: what one step of each output's weights is worth, and the sum of each output's weights in such steps.
const float *ohra_linear_scales(const ohra_linear *linear);
const int32_t *ohra_linear_sums(const ohra_linear *linear);

// Makes a lane for the calling thread and keeps OpenMP from starting threads of its own there. NULL as above.
ohra_lane *ohra_lane_new(void);
void ohra_lane_free(ohra_lane *lane);

// output (rows x outputs; fp32, int32 for OHRA_INT8) = input (rows x inputs; of the precision's type) times the weights,
// then bias and epilogue. The first call with a number of rows compiles code for it (milliseconds): round rows up to few
// different numbers.
// Returns 0, or oneDNN's status; a lane that is NULL counts as a lack of memory.
int ohra_linear_apply(ohra_lane *lane, const ohra_linear *linear, size_t rows, const void *input, void *output);
