/* The driver itself, two devices and their primary contexts. */
#include "fake.h"
#include <cudaProfiler.h>
#include <stdio.h>

static struct CUctx_st contexts[DEVICES];
static _Thread_local CUcontext current;

static const struct { CUresult status; const char *name, *text; } statuses[] = {
    {CUDA_SUCCESS, "CUDA_SUCCESS", "no error"},
    {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {CUDA_ERROR_MPS_CONNECTION_FAILED, "CUDA_ERROR_MPS_CONNECTION_FAILED", "MPS client failed to connect to the MPS control daemon"},
};

static const int attributes[][2] = {
    {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1024}, {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X, 1024},
    {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y, 1024}, {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z, 64},
    {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, 2147483647}, {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, 65535},
    {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z, 65535}, {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, 49152},
    {CU_DEVICE_ATTRIBUTE_WARP_SIZE, 32}, {CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK, 65536},
    {CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 1410000}, {CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 4},
    {CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 1215000}, {CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, 5120},
    {CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 41943040}, {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 2048},
    {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 9}, {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, 0},
    {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, 233472},
    {CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR, 65536}, {CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH, 1},
    {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 232448}, {CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH, 1},
};

static int is_device(CUdevice device) {
    return device >= 0 && device < DEVICES;
}

CUcontext fake_current(void) {
    return current;
}

void fake_reset_devices(void) {
    for (int i = 0; i < DEVICES; i++) memset(contexts[i].peer_enabled, 0, sizeof contexts[i].peer_enabled);
}

CUresult cuInit(unsigned int flags) {
    ENTER(U(flags));
    return flags ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int *version) {
    ENTER(P(version));
    *version = DRIVER_VERSION;
    return CUDA_SUCCESS;
}

/* Neither of these two fails for an earlier fault; what the table lacks is kept as any other call is. */
static CUresult text_of(const char *call, CUresult error, const char **text, int which) {
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == error) {
            *text = which ? statuses[i].text : statuses[i].name;
            return CUDA_SUCCESS;
        }
    }
    CUresult forced;
    return fake_enter(call, 2, (const uint64_t[]) {U(error), P(text)}, &forced) ? forced : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGetErrorName(CUresult error, const char **text) {
    return text_of(__func__, error, text, 0);
}

CUresult cuGetErrorString(CUresult error, const char **text) {
    return text_of(__func__, error, text, 1);
}

CUresult cuDeviceGetCount(int *count) {
    ENTER(P(count));
    *count = DEVICES;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
    ENTER(P(device), U(ordinal));
    REQUIRE(is_device(ordinal), CUDA_ERROR_INVALID_DEVICE);
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    ENTER(P(name), U(length), U(device));
    REQUIRE(is_device(device), CUDA_ERROR_INVALID_DEVICE);
    snprintf(name, (size_t) length, "Fake GPU %d", device);
    return CUDA_SUCCESS;
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    ENTER(P(bytes), U(device));
    REQUIRE(is_device(device), CUDA_ERROR_INVALID_DEVICE);
    *bytes = DEVICE_BYTES;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
    ENTER(P(value), U(attribute), U(device));
    REQUIRE(is_device(device), CUDA_ERROR_INVALID_DEVICE);
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (attributes[i][0] == (int) attribute) {
            *value = attributes[i][1];
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_INVALID_VALUE;
}

CUresult cuDeviceCanAccessPeer(int *can_access, CUdevice device, CUdevice peer) {
    ENTER(P(can_access), U(device), U(peer));
    REQUIRE(is_device(device) && is_device(peer), CUDA_ERROR_INVALID_DEVICE);
    *can_access = device != peer;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    ENTER(P(context), U(device));
    REQUIRE(is_device(device), CUDA_ERROR_INVALID_DEVICE);
    contexts[device].object.kind = CONTEXT;
    contexts[device].device = device;
    contexts[device].retained++;
    *context = &contexts[device];
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    ENTER(U(device));
    REQUIRE(is_device(device), CUDA_ERROR_INVALID_DEVICE);
    REQUIRE(contexts[device].retained > 0, CUDA_ERROR_INVALID_CONTEXT);
    contexts[device].retained--;
    return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext context) {
    ENTER(P(context));
    REQUIRE(!context || fake_is(context, CONTEXT), CUDA_ERROR_INVALID_CONTEXT);
    current = context;
    return CUDA_SUCCESS;
}

CUresult cuCtxSynchronize(void) {
    ENTER_EMPTY();
    return current ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult cuCtxEnablePeerAccess(CUcontext peer, unsigned int flags) {
    ENTER(P(peer), U(flags));
    REQUIRE(current && fake_is(peer, CONTEXT), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(!flags, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(peer != current, CUDA_ERROR_INVALID_DEVICE);
    REQUIRE(!current->peer_enabled[peer->device], CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED);
    current->peer_enabled[peer->device] = 1;
    return CUDA_SUCCESS;
}

CUresult cuProfilerStart(void) {
    ENTER_EMPTY();
    return CUDA_SUCCESS;
}

CUresult cuProfilerStop(void) {
    ENTER_EMPTY();
    return CUDA_SUCCESS;
}
