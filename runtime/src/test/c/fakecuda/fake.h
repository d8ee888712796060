/*
 * A libcuda.so.1 without a GPU: device memory is malloc's, streams run at once, modules hold the kernels that their PTX declares, and
 * a launch records its arguments. Compiled with the toolkit's own prototypes, so that a wrong one does not compile. Old and new entry
 * points have their own names here, as in the real library.
 */
#ifndef FAKE_H
#define FAKE_H

#define __CUDA_API_VERSION_INTERNAL
#include <cuda.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES 2
#define DRIVER_VERSION 13000
#define DEVICE_BYTES (8ull << 30)
#define MOST_PARAMETERS 32
#define MOST_PARAMETER_BYTES 512

/* One call as it arrived: every argument widened to 64 bits. */
struct fake_call {
    char name[64];
    uint64_t count;
    uint64_t arguments[12];
};

/* One launch as it was given. */
struct fake_launch {
    char kernel[64];
    uint32_t grid[3], block[3], cluster[3];
    uint32_t shared_bytes, cooperative, parameter_bytes;
    uint64_t stream;
    unsigned char parameters[MOST_PARAMETER_BYTES];
};

enum kind { DEAD, CONTEXT, STREAM, EVENT, MODULE, FUNCTION, GRAPH, GRAPH_EXEC };

/* What every handle begins with. Handles are never freed, so that the use of one given back is found. */
struct object {
    enum kind kind;
};

struct CUctx_st {
    struct object object;
    int device, retained, peer_enabled[DEVICES];
};

struct CUfunc_st {
    struct object object;
    char name[64];
    int count, offsets[MOST_PARAMETERS], sizes[MOST_PARAMETERS], most_shared_bytes, carveout, big_clusters;
    struct CUfunc_st *next;
};

/* Work of a stream. */
struct operation {
    enum { COPY, FILL_BYTES, FILL_WORDS, KERNEL } kind;
    uint64_t to, from, count;
    uint32_t value;
    CUfunction function;
    struct fake_launch launch;
};

struct CUgraph_st {
    struct object object;
    size_t count;
    struct operation *operations;
};

struct CUgraphExec_st {
    struct object object;
    struct CUgraph_st work;
};

struct CUstream_st {
    struct object object;
    CUgraph captured;
    int invalidated;
};

/* Keeps the call; not zero when it is to end at once with *status. */
int fake_enter(const char *name, size_t count, const uint64_t *arguments, CUresult *status);

/* Begins every entry point that can fail. */
#define ENTER(...) \
    do { \
        const uint64_t given[] = {__VA_ARGS__}; \
        CUresult forced; \
        if (fake_enter(__func__, sizeof given / sizeof *given, given, &forced)) return forced; \
    } while (0)
#define ENTER_EMPTY() \
    do { \
        CUresult forced; \
        if (fake_enter(__func__, 0, NULL, &forced)) return forced; \
    } while (0)
#define P(pointer) ((uint64_t) (uintptr_t) (pointer))
#define U(word) ((uint64_t) (uint32_t) (word))

#define REQUIRE(condition, status) \
    do { \
        if (!(condition)) return (status); \
    } while (0)

void *fake_object(enum kind kind, size_t bytes);
int fake_is(const void *handle, enum kind kind);
CUcontext fake_current(void);
CUstream fake_stream(CUstream stream);
/* Whether [address, address + bytes) lies in one allocation. */
int fake_is_device_memory(CUdeviceptr address, size_t bytes);
CUdeviceptr fake_allocate(size_t bytes);
/* Runs the operation, or keeps it where the stream is being captured. */
CUresult fake_submit(CUstream stream, const struct operation *operation);
void fake_run(const struct operation *operation);
void fake_run_kernel(const struct operation *operation);
void fake_reset_devices(void);

#endif
