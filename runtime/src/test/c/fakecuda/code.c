/* Modules: PTX text is read as far as its version, its kernels with their parameters, and its variables. */
#include "fake.h"
#include <ctype.h>
#include <stdio.h>

/* The newest PTX that a driver for CUDA 13.0 takes, times ten. */
#define NEWEST_PTX 90

struct variable {
    char name[64];
    CUdeviceptr address;
    size_t bytes;
    struct variable *next;
};

struct CUmod_st {
    struct object object;
    int ptx_version;
    struct CUfunc_st *functions;
    struct variable *variables;
};

static int size_of(const char *type) {
    static const char *const names[] = {"b8", "u8", "s8", "b16", "u16", "s16", "f16", "b32", "u32", "s32", "f32", "b64", "u64", "s64",
        "f64"};
    static const int sizes[] = {1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t length = strlen(names[i]);
        if (!strncmp(type, names[i], length) && !isalnum((unsigned char) type[length])) return sizes[i];
    }
    return 0;
}

/* Reads ".align N .type name[count]" and gives where it ends; bytes are 0 where it is none. */
static const char *declaration(const char *text, char name[64], int *alignment, size_t *bytes) {
    *alignment = 0;
    *bytes = 0;
    while (*text == '.' || isspace((unsigned char) *text)) {
        int skipped = 0;
        if (sscanf(text, " .align %d%n", alignment, &skipped) == 1) {
            text += skipped;
        } else if (*text == '.') {
            int size = size_of(text + 1);
            *bytes = size ? (size_t) size : *bytes;
            text++;
            while (isalnum((unsigned char) *text) || *text == '_') text++;
        } else {
            text++;
        }
    }
    if (!*alignment) *alignment = (int) *bytes;
    int length = 0;
    if (sscanf(text, "%63[A-Za-z0-9_$]%n", name, &length) != 1) return text;
    text += length;
    unsigned long count;
    if (sscanf(text, "[%lu]%n", &count, &length) == 1) {
        *bytes *= count;
        text += length;
    }
    return text;
}

static const char *entry(CUmodule module, const char *text) {
    CUfunction function = fake_object(FUNCTION, sizeof *function);
    function->most_shared_bytes = 49152;
    int length = 0;
    if (sscanf(text, " %63[A-Za-z0-9_$]%n", function->name, &length) != 1) return text;
    text += length;
    const char *end = strchr(text, '{');
    int offset = 0;
    for (text = strstr(text, ".param"); text && text < end && function->count < MOST_PARAMETERS; text = strstr(text, ".param")) {
        char name[64];
        int alignment;
        size_t bytes;
        text = declaration(text + strlen(".param"), name, &alignment, &bytes);
        offset = (offset + alignment - 1) / alignment * alignment;
        function->offsets[function->count] = offset;
        function->sizes[function->count++] = (int) bytes;
        offset += (int) bytes;
    }
    function->next = module->functions;
    module->functions = function;
    return end;
}

static const char *variable(CUmodule module, const char *text) {
    struct variable *made = calloc(1, sizeof *made);
    int alignment;
    text = declaration(text, made->name, &alignment, &made->bytes);
    made->address = fake_allocate(made->bytes);
    memset((void *) (uintptr_t) made->address, 0, made->bytes);
    made->next = module->variables;
    module->variables = made;
    return text;
}

static CUresult refuse(char *log, size_t bytes, CUresult status, const char *message) {
    if (log && bytes) snprintf(log, bytes, "ptxas fatal   : %s\n", message);
    return status;
}

static int is_balanced(const char *text) {
    int depth = 0;
    for (; *text; text++) depth += (*text == '{') - (*text == '}');
    return !depth;
}

static CUresult read_ptx(CUmodule module, const char *text, char *log, size_t log_bytes) {
    const char *version = strstr(text, ".version");
    int major, minor;
    if (!version || sscanf(version, ".version %d.%d", &major, &minor) != 2) {
        return refuse(log, log_bytes, CUDA_ERROR_INVALID_PTX, "Missing .version directive at start of file");
    }
    module->ptx_version = 10 * major + minor;
    if (module->ptx_version > NEWEST_PTX) {
        return refuse(log, log_bytes, CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "Unsupported .version; current version is '9.0'");
    }
    if (!is_balanced(text)) return refuse(log, log_bytes, CUDA_ERROR_INVALID_PTX, "Ptx assembly aborted due to errors");
    int depth = 0;
    for (const char *at = text; *at; at++) {
        depth += (*at == '{') - (*at == '}');
        if (!strncmp(at, ".entry", 6)) at = entry(module, at + 6) - 1;
        if (!depth && (!strncmp(at, ".global ", 8) || !strncmp(at, ".const ", 7))) at = variable(module, strchr(at, ' ')) - 1;
    }
    return CUDA_SUCCESS;
}

CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count, CUjit_option *options, void **values) {
    ENTER(P(module), P(image), U(count), P(options), P(values));
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    char *info = NULL, *errors = NULL;
    size_t info_bytes = 0, error_bytes = 0;
    for (unsigned int i = 0; i < count; i++) {
        if (options[i] == CU_JIT_INFO_LOG_BUFFER) info = values[i];
        else if (options[i] == CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES) info_bytes = P(values[i]);
        else if (options[i] == CU_JIT_ERROR_LOG_BUFFER) errors = values[i];
        else if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) error_bytes = P(values[i]);
        else return CUDA_ERROR_INVALID_VALUE;
    }
    REQUIRE(memcmp(image, "\177ELF", 4), CUDA_ERROR_NO_BINARY_FOR_GPU);
    *module = fake_object(MODULE, sizeof **module);
    CUresult status = read_ptx(*module, image, errors, error_bytes);
    if (!status && info) snprintf(info, info_bytes, "info: read by a fake compiler\n");
    return status;
}

CUresult cuModuleUnload(CUmodule module) {
    ENTER(P(module));
    REQUIRE(fake_is(module, MODULE), CUDA_ERROR_INVALID_HANDLE);
    module->object.kind = DEAD;
    for (CUfunction function = module->functions; function; function = function->next) function->object.kind = DEAD;
    return CUDA_SUCCESS;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
    ENTER(P(function), P(module), P(name));
    REQUIRE(fake_is(module, MODULE), CUDA_ERROR_INVALID_HANDLE);
    for (CUfunction candidate = module->functions; candidate; candidate = candidate->next) {
        if (!strcmp(candidate->name, name)) {
            *function = candidate;
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_NOT_FOUND;
}

CUresult cuModuleGetGlobal_v2(CUdeviceptr *pointer, size_t *bytes, CUmodule module, const char *name) {
    ENTER(P(pointer), P(bytes), P(module), P(name));
    REQUIRE(fake_is(module, MODULE), CUDA_ERROR_INVALID_HANDLE);
    for (struct variable *candidate = module->variables; candidate; candidate = candidate->next) {
        if (!strcmp(candidate->name, name)) {
            *pointer = candidate->address;
            *bytes = candidate->bytes;
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_NOT_FOUND;
}

CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function) {
    ENTER(P(value), U(attribute), P(function));
    REQUIRE(fake_is(function, FUNCTION), CUDA_ERROR_INVALID_HANDLE);
    const int values[] = {1024, 0, 0, 0, 32, 70, 90, 0, function->most_shared_bytes, function->carveout};
    if (attribute == CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED) {
        *value = function->big_clusters;
        return CUDA_SUCCESS;
    }
    REQUIRE((size_t) attribute < sizeof values / sizeof *values, CUDA_ERROR_INVALID_VALUE);
    *value = values[attribute];
    return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
    ENTER(P(function), U(attribute), U(value));
    REQUIRE(fake_is(function, FUNCTION), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(value >= 0, CUDA_ERROR_INVALID_VALUE);
    switch ((int) attribute) {
        case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
            REQUIRE(value <= 232448, CUDA_ERROR_INVALID_VALUE);
            function->most_shared_bytes = value;
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
            REQUIRE(value <= 100, CUDA_ERROR_INVALID_VALUE);
            function->carveout = value;
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
            function->big_clusters = value;
            return CUDA_SUCCESS;
        default:
            return CUDA_ERROR_INVALID_VALUE;
    }
}

CUresult cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset, size_t *size) {
    ENTER(P(function), index, P(offset), P(size));
    REQUIRE(fake_is(function, FUNCTION), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(index < (size_t) function->count, CUDA_ERROR_INVALID_VALUE);
    *offset = (size_t) function->offsets[index];
    *size = (size_t) function->sizes[index];
    return CUDA_SUCCESS;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction function, int threads, size_t shared_bytes) {
    ENTER(P(blocks), P(function), U(threads), shared_bytes);
    REQUIRE(fake_is(function, FUNCTION), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(threads > 0, CUDA_ERROR_INVALID_VALUE);
    int by_threads = 2048 / ((threads + 31) / 32 * 32);
    int by_shared = (int) (233472 / (shared_bytes + 1024));
    *blocks = threads > 1024 ? 0 : by_threads < by_shared ? by_threads : by_shared;
    *blocks = *blocks > 32 ? 32 : *blocks;
    return CUDA_SUCCESS;
}
