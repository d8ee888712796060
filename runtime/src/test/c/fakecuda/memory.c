/* Device and pinned memory over malloc; copies and fills in stream order. */
#include "fake.h"

struct allocation {
    uint64_t address, bytes;
    int pinned;
    struct allocation *next;
};

static struct allocation *allocations;
static uint64_t used;

static CUdeviceptr add(size_t bytes, int pinned) {
    struct allocation *entry = malloc(sizeof *entry);
    void *memory = NULL;
    if (posix_memalign(&memory, 256, bytes)) abort();
    *entry = (struct allocation) {P(memory), bytes, pinned, allocations};
    allocations = entry;
    used += pinned ? 0 : bytes;
    return entry->address;
}

static CUresult give_back(uint64_t address, int pinned) {
    for (struct allocation **link = &allocations; *link; link = &(*link)->next) {
        struct allocation *entry = *link;
        if (entry->address == address && entry->pinned == pinned) {
            *link = entry->next;
            used -= pinned ? 0 : entry->bytes;
            free((void *) (uintptr_t) address);
            free(entry);
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_INVALID_VALUE;
}

CUdeviceptr fake_allocate(size_t bytes) {
    return add(bytes, 0);
}

int fake_is_device_memory(CUdeviceptr address, size_t bytes) {
    for (struct allocation *entry = allocations; entry; entry = entry->next) {
        uint64_t offset = address - entry->address;
        if (!entry->pinned && offset <= entry->bytes && bytes <= entry->bytes - offset) return 1;
    }
    return 0;
}

void fake_run(const struct operation *operation) {
    unsigned char *to = (unsigned char *) (uintptr_t) operation->to;
    switch (operation->kind) {
        case COPY:
            memmove(to, (const void *) (uintptr_t) operation->from, operation->count);
            break;
        case FILL_BYTES:
            memset(to, (int) operation->value, operation->count);
            break;
        case FILL_WORDS:
            for (uint64_t i = 0; i < operation->count; i++) memcpy(to + 4 * i, &operation->value, 4);
            break;
        case KERNEL:
            fake_run_kernel(operation);
    }
}

CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) {
    ENTER(P(pointer), bytes);
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(bytes, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(bytes <= DEVICE_BYTES - used, CUDA_ERROR_OUT_OF_MEMORY);
    *pointer = add(bytes, 0);
    return CUDA_SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr pointer) {
    ENTER(pointer);
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    return give_back(pointer, 0);
}

CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    ENTER(P(free_bytes), P(total));
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    *free_bytes = DEVICE_BYTES - used;
    *total = DEVICE_BYTES;
    return CUDA_SUCCESS;
}

CUresult cuMemHostAlloc(void **pointer, size_t bytes, unsigned int flags) {
    ENTER(P(pointer), bytes, U(flags));
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(bytes && flags == CU_MEMHOSTALLOC_PORTABLE, CUDA_ERROR_INVALID_VALUE);
    *pointer = (void *) (uintptr_t) add(bytes, 1);
    return CUDA_SUCCESS;
}

CUresult cuMemFreeHost(void *pointer) {
    ENTER(P(pointer));
    return give_back(P(pointer), 1);
}

static CUresult copy(uint64_t to, uint64_t from, size_t bytes, CUstream stream) {
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    return fake_submit(stream, &(struct operation) {.kind = COPY, .to = to, .from = from, .count = bytes});
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
    ENTER(to, P(from), bytes, P(stream));
    REQUIRE(fake_is_device_memory(to, bytes), CUDA_ERROR_INVALID_VALUE);
    return copy(to, P(from), bytes, stream);
}

CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
    ENTER(P(to), from, bytes, P(stream));
    REQUIRE(fake_is_device_memory(from, bytes), CUDA_ERROR_INVALID_VALUE);
    return copy(P(to), from, bytes, stream);
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    ENTER(to, from, bytes, P(stream));
    REQUIRE(fake_is_device_memory(to, bytes) && fake_is_device_memory(from, bytes), CUDA_ERROR_INVALID_VALUE);
    return copy(to, from, bytes, stream);
}

CUresult cuMemcpyPeerAsync(CUdeviceptr to, CUcontext to_context, CUdeviceptr from, CUcontext from_context, size_t bytes,
                           CUstream stream) {
    ENTER(to, P(to_context), from, P(from_context), bytes, P(stream));
    REQUIRE(fake_is(to_context, CONTEXT) && fake_is(from_context, CONTEXT), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(fake_is_device_memory(to, bytes) && fake_is_device_memory(from, bytes), CUDA_ERROR_INVALID_VALUE);
    return copy(to, from, bytes, stream);
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
    ENTER(to, value, count, P(stream));
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(fake_is_device_memory(to, count), CUDA_ERROR_INVALID_VALUE);
    return fake_submit(stream, &(struct operation) {.kind = FILL_BYTES, .to = to, .value = value, .count = count});
}

CUresult cuMemsetD32Async(CUdeviceptr to, unsigned int value, size_t count, CUstream stream) {
    ENTER(to, U(value), count, P(stream));
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(to % 4 == 0 && count <= SIZE_MAX / 4 && fake_is_device_memory(to, 4 * count), CUDA_ERROR_INVALID_VALUE);
    return fake_submit(stream, &(struct operation) {.kind = FILL_WORDS, .to = to, .value = value, .count = count});
}
