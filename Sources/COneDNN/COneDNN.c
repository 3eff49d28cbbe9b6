#define _GNU_SOURCE
#include "COneDNN.h"

#include <dlfcn.h>
#include <math.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

#if DNNL_VERSION_MAJOR != 2
#error "written for oneDNN 2.x, as Debian 12 has it: version 3 makes primitives without operation descriptors"
#endif

// Rows for which the layout of the weights is chosen; products of other numbers of rows take that layout, too.
enum { LAYOUT_ROWS = 256 };

struct ohra_linear {
    // OHRA_FP32 for emulated bfloat16, too.
    ohra_precision precision;
    bool is_emulated;
    ohra_epilogue epilogue;
    dnnl_dim_t outputs, inputs;
    dnnl_memory_desc_t layout;
    dnnl_memory_t weights;
    dnnl_memory_t bias;
    float *scales;
    int32_t *sums;
};

// One product: a shape, its compiled code and the memory objects that are pointed at each call's buffers.
typedef struct {
    ohra_precision precision;
    ohra_epilogue epilogue;
    dnnl_dim_t rows, outputs, inputs;
    dnnl_primitive_t primitive;
    dnnl_memory_t input, output;
} product;

struct ohra_lane {
    dnnl_stream_t stream;
    product *products;
    size_t count, capacity;
    // Inputs of emulated products.
    float *widened;
    size_t widened_capacity;
};

// One engine for the process: memory of one engine cannot be used with another. Made once and never destroyed.
static dnnl_engine_t engine(void) {
    static dnnl_engine_t made;
    dnnl_engine_t found = __atomic_load_n(&made, __ATOMIC_ACQUIRE);
    if (found) return found;
    dnnl_engine_t fresh = NULL;
    if (dnnl_engine_create(&fresh, dnnl_cpu, 0) != dnnl_success) return NULL;
    if (__atomic_compare_exchange_n(&made, &found, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return fresh;
    dnnl_engine_destroy(fresh);
    return found;
}

static bool has(dnnl_cpu_isa_t wanted) {
#if defined(__x86_64__)
    return ((int)dnnl_get_effective_cpu_isa() & (int)wanted) == (int)wanted;
#else
    (void)wanted;
    return false;
#endif
}

static bool has_wide_registers(void) { return has(dnnl_cpu_isa_avx512_core); }

bool ohra_precision_is_native(ohra_precision precision) {
    switch (precision) {
    case OHRA_FP32: return true;
    case OHRA_BF16: return has(dnnl_cpu_isa_avx512_core_bf16);
    case OHRA_INT8: return has(dnnl_cpu_isa_avx512_core_vnni);
    }
}

static dnnl_data_type_t input_type(ohra_precision precision) {
    return precision == OHRA_FP32 ? dnnl_f32 : precision == OHRA_BF16 ? dnnl_bf16 : dnnl_u8;
}

static dnnl_data_type_t weights_type(ohra_precision precision) {
    return precision == OHRA_FP32 ? dnnl_f32 : precision == OHRA_BF16 ? dnnl_bf16 : dnnl_s8;
}

static dnnl_status_t matrix(
    dnnl_memory_desc_t *description, dnnl_dim_t rows, dnnl_dim_t columns, dnnl_data_type_t type,
    dnnl_format_tag_t format) {
    dnnl_dims_t dimensions = {rows, columns};
    return dnnl_memory_desc_init_by_tag(description, 2, dimensions, type, format);
}

static dnnl_status_t set_epilogue(dnnl_primitive_attr_t attributes, ohra_epilogue epilogue) {
    if (epilogue == OHRA_PLAIN) return dnnl_success;
    dnnl_post_ops_t operations = NULL;
    dnnl_status_t status = dnnl_post_ops_create(&operations);
    if (status != dnnl_success) return status;
    status = dnnl_post_ops_append_sum(operations, 1.0f);
    if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(attributes, operations);
    dnnl_post_ops_destroy(operations);
    return status;
}

// layout: that of the weights, NULL to let oneDNN choose.
static dnnl_status_t describe(
    dnnl_primitive_desc_t *made, const ohra_linear *linear, dnnl_dim_t rows, const dnnl_memory_desc_t *layout) {
    dnnl_memory_desc_t input, weights, bias, output;
    dnnl_matmul_desc_t operation;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_status_t status = matrix(&input, rows, linear->inputs, input_type(linear->precision), dnnl_ab);
    if (status == dnnl_success && !layout) {
        // Without AVX-512 oneDNN multiplies fp32 weights as they are, and "any" means a layout in which 1536 outputs take
        // half as long again as they must.
        bool is_plain = linear->precision == OHRA_FP32 && !has_wide_registers();
        status = matrix(
            &weights, linear->inputs, linear->outputs, weights_type(linear->precision),
            is_plain ? dnnl_ba : dnnl_format_tag_any);
        layout = &weights;
    }
    if (status == dnnl_success) status = matrix(&bias, 1, linear->outputs, dnnl_f32, dnnl_ab);
    if (status == dnnl_success) {
        dnnl_data_type_t type = linear->precision == OHRA_INT8 ? dnnl_s32 : dnnl_f32;
        status = matrix(&output, rows, linear->outputs, type, dnnl_ab);
    }
    if (status == dnnl_success) {
        status = dnnl_matmul_desc_init(
            &operation, &input, layout, linear->precision == OHRA_INT8 ? NULL : &bias, &output);
    }
    if (status == dnnl_success) status = dnnl_primitive_attr_create(&attributes);
    if (status == dnnl_success) status = set_epilogue(attributes, linear->epilogue);
    if (status == dnnl_success) status = dnnl_primitive_desc_create(made, &operation, attributes, engine(), NULL);
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    return status;
}

// Symmetric around zero, one scale per output. Without VNNI two products of a uint8 and a weight are added in 16 bits
// before anything else, so weights must stay within 64 there: 2 * 255 * 64 = 32640.
static int8_t *quantise(ohra_linear *linear, const float *weights) {
    size_t outputs = (size_t)linear->outputs, inputs = (size_t)linear->inputs;
    float most = ohra_precision_is_native(OHRA_INT8) ? 127 : 64;
    int8_t *steps = malloc(outputs * inputs);
    linear->scales = malloc(outputs * sizeof(float));
    linear->sums = malloc(outputs * sizeof(int32_t));
    if (!steps || !linear->scales || !linear->sums) {
        free(steps);
        return NULL;
    }
    for (size_t row = 0; row < outputs; row++) {
        const float *source = weights + row * inputs;
        float largest = 0;
        for (size_t i = 0; i < inputs; i++) largest = fmaxf(largest, fabsf(source[i]));
        float scale = largest > 0 ? largest / most : 1;
        int32_t sum = 0;
        for (size_t i = 0; i < inputs; i++) {
            int8_t step = (int8_t)lrintf(source[i] / scale);
            steps[row * inputs + i] = step;
            sum += step;
        }
        linear->scales[row] = scale;
        linear->sums[row] = sum;
    }
    return steps;
}

static float widen(uint16_t value) {
    uint32_t bits = (uint32_t)value << 16;
    float wide;
    memcpy(&wide, &bits, sizeof wide);
    return wide;
}

// The weights as bfloat16 would hold them: to nearest, ties to even.
static float *rounded(const float *weights, size_t count) {
    float *copy = malloc(count * sizeof(float));
    if (!copy) return NULL;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, weights + i, sizeof bits);
        copy[i] = widen((uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }
    return copy;
}

// Copies the weights into the layout that oneDNN chose, converting them on the way.
static dnnl_status_t pack(ohra_linear *linear, const void *weights, dnnl_data_type_t type) {
    dnnl_memory_desc_t source_layout;
    dnnl_memory_t source = NULL;
    dnnl_primitive_desc_t description = NULL;
    dnnl_primitive_t reorder = NULL;
    dnnl_stream_t stream = NULL;
    // Outputs x inputs row by row is the transposed matrix column by column.
    dnnl_status_t status = matrix(&source_layout, linear->inputs, linear->outputs, type, dnnl_ba);
    // oneDNN reads from it only.
    if (status == dnnl_success) status = dnnl_memory_create(&source, &source_layout, engine(), (void *)weights);
    if (status == dnnl_success) {
        status = dnnl_memory_create(&linear->weights, &linear->layout, engine(), DNNL_MEMORY_ALLOCATE);
    }
    if (status == dnnl_success) {
        status = dnnl_reorder_primitive_desc_create(
            &description, &source_layout, engine(), &linear->layout, engine(), NULL);
    }
    if (status == dnnl_success) status = dnnl_primitive_create(&reorder, description);
    if (status == dnnl_success) status = dnnl_stream_create(&stream, engine(), dnnl_stream_default_flags);
    if (status == dnnl_success) {
        dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, linear->weights}};
        status = dnnl_primitive_execute(reorder, stream, 2, arguments);
    }
    if (status == dnnl_success) status = dnnl_stream_wait(stream);
    if (stream) dnnl_stream_destroy(stream);
    if (reorder) dnnl_primitive_destroy(reorder);
    if (description) dnnl_primitive_desc_destroy(description);
    if (source) dnnl_memory_destroy(source);
    return status;
}

static dnnl_status_t keep_bias(ohra_linear *linear, const float *bias) {
    dnnl_memory_desc_t description;
    dnnl_status_t status = matrix(&description, 1, linear->outputs, dnnl_f32, dnnl_ab);
    if (status == dnnl_success) {
        status = dnnl_memory_create(&linear->bias, &description, engine(), DNNL_MEMORY_ALLOCATE);
    }
    void *copy = NULL;
    if (status == dnnl_success) status = dnnl_memory_get_data_handle(linear->bias, &copy);
    if (status == dnnl_success) memcpy(copy, bias, (size_t)linear->outputs * sizeof(float));
    return status;
}

static dnnl_status_t fill(ohra_linear *linear, const float *weights, const float *bias) {
    dnnl_primitive_desc_t description = NULL;
    dnnl_status_t status = describe(&description, linear, LAYOUT_ROWS, NULL);
    if (status != dnnl_success) return status;
    linear->layout = *dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0);
    dnnl_primitive_desc_destroy(description);
    if (linear->precision == OHRA_INT8) {
        int8_t *steps = quantise(linear, weights);
        status = steps ? pack(linear, steps, dnnl_s8) : dnnl_out_of_memory;
        free(steps);
    } else if (linear->is_emulated) {
        float *copy = rounded(weights, (size_t)(linear->outputs * linear->inputs));
        status = copy ? pack(linear, copy, dnnl_f32) : dnnl_out_of_memory;
        free(copy);
    } else {
        status = pack(linear, weights, dnnl_f32);
    }
    return status == dnnl_success ? keep_bias(linear, bias) : status;
}

ohra_linear *ohra_linear_new(
    ohra_precision precision, ohra_epilogue epilogue, size_t outputs, size_t inputs, const float *weights,
    const float *bias) {
    ohra_linear *linear = engine() ? calloc(1, sizeof *linear) : NULL;
    if (!linear) return NULL;
    linear->is_emulated = precision == OHRA_BF16 && !ohra_precision_is_native(precision);
    linear->precision = linear->is_emulated ? OHRA_FP32 : precision;
    linear->epilogue = precision == OHRA_INT8 ? OHRA_PLAIN : epilogue;
    linear->outputs = (dnnl_dim_t)outputs;
    linear->inputs = (dnnl_dim_t)inputs;
    if (fill(linear, weights, bias) == dnnl_success) return linear;
    ohra_linear_free(linear);
    return NULL;
}

void ohra_linear_free(ohra_linear *linear) {
    if (!linear) return;
    if (linear->weights) dnnl_memory_destroy(linear->weights);
    if (linear->bias) dnnl_memory_destroy(linear->bias);
    free(linear->scales);
    free(linear->sums);
    free(linear);
}

const float *ohra_linear_scales(const ohra_linear *linear) { return linear->scales; }
const int32_t *ohra_linear_sums(const ohra_linear *linear) { return linear->sums; }

ohra_lane *ohra_lane_new(void) {
    // Data-parallel lanes beat a team per product, and a team of OpenMP threads collapses when a core is busy. The number
    // is the calling thread's own; the library that oneDNN is linked with is the one that is asked.
    void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set_threads) set_threads(1);
    ohra_lane *lane = engine() ? calloc(1, sizeof *lane) : NULL;
    if (!lane) return NULL;
    if (dnnl_stream_create(&lane->stream, engine(), dnnl_stream_default_flags) == dnnl_success) return lane;
    free(lane);
    return NULL;
}

static void free_product(product *made) {
    if (made->primitive) dnnl_primitive_destroy(made->primitive);
    if (made->input) dnnl_memory_destroy(made->input);
    if (made->output) dnnl_memory_destroy(made->output);
}

void ohra_lane_free(ohra_lane *lane) {
    if (!lane) return;
    for (size_t i = 0; i < lane->count; i++) free_product(&lane->products[i]);
    free(lane->products);
    free(lane->widened);
    dnnl_stream_destroy(lane->stream);
    free(lane);
}

static dnnl_status_t make_product(product *made, const ohra_linear *linear, dnnl_dim_t rows) {
    memset(made, 0, sizeof *made);
    made->precision = linear->precision;
    made->epilogue = linear->epilogue;
    made->rows = rows;
    made->outputs = linear->outputs;
    made->inputs = linear->inputs;
    dnnl_primitive_desc_t description = NULL;
    dnnl_status_t status = describe(&description, linear, rows, &linear->layout);
    if (status != dnnl_success) return status;
    const dnnl_memory_desc_t *input = dnnl_primitive_desc_query_md(description, dnnl_query_src_md, 0);
    const dnnl_memory_desc_t *output = dnnl_primitive_desc_query_md(description, dnnl_query_dst_md, 0);
    status = dnnl_memory_create(&made->input, input, engine(), DNNL_MEMORY_NONE);
    if (status == dnnl_success) status = dnnl_memory_create(&made->output, output, engine(), DNNL_MEMORY_NONE);
    if (status == dnnl_success) status = dnnl_primitive_create(&made->primitive, description);
    dnnl_primitive_desc_destroy(description);
    if (status != dnnl_success) free_product(made);
    return status;
}

static dnnl_status_t find_product(ohra_lane *lane, const ohra_linear *linear, dnnl_dim_t rows, product **found) {
    for (size_t i = 0; i < lane->count; i++) {
        product *known = &lane->products[i];
        if (known->rows == rows && known->outputs == linear->outputs && known->inputs == linear->inputs
            && known->epilogue == linear->epilogue && known->precision == linear->precision) {
            *found = known;
            return dnnl_success;
        }
    }
    if (lane->count == lane->capacity) {
        size_t capacity = lane->capacity ? 2 * lane->capacity : 32;
        product *moved = realloc(lane->products, capacity * sizeof *moved);
        if (!moved) return dnnl_out_of_memory;
        lane->products = moved;
        lane->capacity = capacity;
    }
    dnnl_status_t status = make_product(&lane->products[lane->count], linear, rows);
    if (status == dnnl_success) *found = &lane->products[lane->count++];
    return status;
}

static const float *widened(ohra_lane *lane, const uint16_t *input, size_t count) {
    if (count > lane->widened_capacity) {
        float *larger = realloc(lane->widened, count * sizeof(float));
        if (!larger) return NULL;
        lane->widened = larger;
        lane->widened_capacity = count;
    }
    for (size_t i = 0; i < count; i++) lane->widened[i] = widen(input[i]);
    return lane->widened;
}

int ohra_linear_apply(ohra_lane *lane, const ohra_linear *linear, size_t rows, const void *input, void *output) {
    if (!lane) return (int)dnnl_out_of_memory;
    if (linear->is_emulated) input = widened(lane, input, rows * (size_t)linear->inputs);
    if (!input) return (int)dnnl_out_of_memory;
    product *wanted = NULL;
    dnnl_status_t status = find_product(lane, linear, (dnnl_dim_t)rows, &wanted);
    // oneDNN reads from it only.
    if (status == dnnl_success) status = dnnl_memory_set_data_handle(wanted->input, (void *)input);
    if (status == dnnl_success) status = dnnl_memory_set_data_handle(wanted->output, output);
    if (status != dnnl_success) return (int)status;
    dnnl_exec_arg_t arguments[] = {
        {DNNL_ARG_SRC, wanted->input},
        {DNNL_ARG_WEIGHTS, linear->weights},
        {DNNL_ARG_DST, wanted->output},
        {DNNL_ARG_BIAS, linear->bias},
    };
    status = dnnl_primitive_execute(
        wanted->primitive, lane->stream, linear->precision == OHRA_INT8 ? 3 : 4, arguments);
    return (int)(status == dnnl_success ? dnnl_stream_wait(lane->stream) : status);
}
