/* Launches: what they ask for is checked and kept; two kernels, known by name, do what their PTX says. */
#include "fake.h"

static struct fake_launch last_launch;

struct fake_launch *fake_last_launch(void);

struct fake_launch *fake_last_launch(void) {
    return &last_launch;
}

static uint64_t out_of(const struct fake_launch *launch) {
    uint64_t out;
    memcpy(&out, launch->parameters, 8);
    return out;
}

/* Every argument but the first, each at its place in the parameter space after the first. */
static void store_arguments(CUfunction function, const struct fake_launch *launch) {
    unsigned char *out = (unsigned char *) (uintptr_t) out_of(launch);
    for (int i = 1; i < function->count; i++) {
        memcpy(out + function->offsets[i] - 8, launch->parameters + function->offsets[i], (size_t) function->sizes[i]);
    }
}

/* Grid, block and dynamic shared bytes as seven words. */
static void store_geometry(const struct fake_launch *launch) {
    uint32_t *out = (uint32_t *) (uintptr_t) out_of(launch);
    memcpy(out, launch->grid, 12);
    memcpy(out + 3, launch->block, 12);
    out[6] = launch->shared_bytes;
}

void fake_run_kernel(const struct operation *operation) {
    last_launch = operation->launch;
    if (!strcmp(last_launch.kernel, "store_arguments")) store_arguments(operation->function, &last_launch);
    if (!strcmp(last_launch.kernel, "store_geometry")) store_geometry(&last_launch);
}

static int fits(const struct fake_launch *launch, CUfunction function) {
    const uint32_t *grid = launch->grid, *block = launch->block;
    return grid[0] && grid[1] && grid[2] && grid[0] <= 2147483647u && grid[1] <= 65535 && grid[2] <= 65535
        && block[0] && block[1] && block[2] && block[2] <= 64 && (uint64_t) block[0] * block[1] * block[2] <= 1024
        && launch->shared_bytes <= (uint32_t) function->most_shared_bytes;
}

static CUresult give(struct fake_launch *launch, CUfunction function, CUstream stream, void **parameters) {
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(fake_is(function, FUNCTION) && fake_stream(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(fits(launch, function), CUDA_ERROR_INVALID_VALUE);
    REQUIRE(parameters || !function->count, CUDA_ERROR_INVALID_VALUE);
    strncpy(launch->kernel, function->name, sizeof launch->kernel - 1);
    launch->stream = P(stream);
    for (int i = 0; i < function->count; i++) {
        memcpy(launch->parameters + function->offsets[i], parameters[i], (size_t) function->sizes[i]);
        launch->parameter_bytes = (uint32_t) (function->offsets[i] + function->sizes[i]);
    }
    struct operation operation = {.kind = KERNEL, .function = function, .launch = *launch};
    return fake_submit(stream, &operation);
}

CUresult cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z, unsigned int block_x,
                        unsigned int block_y, unsigned int block_z, unsigned int shared_bytes, CUstream stream, void **parameters,
                        void **extra) {
    ENTER(P(function), U(grid_x), U(grid_y), U(grid_z), U(block_x), U(block_y), U(block_z), U(shared_bytes), P(stream), P(parameters),
        P(extra));
    REQUIRE(!extra, CUDA_ERROR_INVALID_VALUE);
    struct fake_launch launch = {.grid = {grid_x, grid_y, grid_z}, .block = {block_x, block_y, block_z}, .cluster = {1, 1, 1},
        .shared_bytes = shared_bytes};
    return give(&launch, function, stream, parameters);
}

static CUresult give_cooperative(struct fake_launch *launch, CUfunction function, CUstream stream, void **parameters) {
    int resident;
    REQUIRE(fake_is(function, FUNCTION), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(fits(launch, function), CUDA_ERROR_INVALID_VALUE);
    CUresult status = cuOccupancyMaxActiveBlocksPerMultiprocessor(&resident, function,
        (int) (launch->block[0] * launch->block[1] * launch->block[2]), launch->shared_bytes);
    REQUIRE(!status, status);
    REQUIRE((uint64_t) launch->grid[0] * launch->grid[1] * launch->grid[2] <= 4 * (uint64_t) resident,
        CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
    launch->cooperative = 1;
    return give(launch, function, stream, parameters);
}

CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z,
                                   unsigned int block_x, unsigned int block_y, unsigned int block_z, unsigned int shared_bytes,
                                   CUstream stream, void **parameters) {
    ENTER(P(function), U(grid_x), U(grid_y), U(grid_z), U(block_x), U(block_y), U(block_z), U(shared_bytes), P(stream), P(parameters));
    struct fake_launch launch = {.grid = {grid_x, grid_y, grid_z}, .block = {block_x, block_y, block_z}, .cluster = {1, 1, 1},
        .shared_bytes = shared_bytes};
    return give_cooperative(&launch, function, stream, parameters);
}

static CUresult take_attributes(struct fake_launch *launch, const CUlaunchConfig *config, int *cooperative) {
    for (unsigned int i = 0; i < config->numAttrs; i++) {
        const CUlaunchAttribute *attribute = &config->attrs[i];
        if (attribute->id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) {
            launch->cluster[0] = attribute->value.clusterDim.x;
            launch->cluster[1] = attribute->value.clusterDim.y;
            launch->cluster[2] = attribute->value.clusterDim.z;
        } else if (attribute->id == CU_LAUNCH_ATTRIBUTE_COOPERATIVE) {
            *cooperative = attribute->value.cooperative;
        } else {
            return CUDA_ERROR_INVALID_VALUE;
        }
    }
    for (int i = 0; i < 3; i++) {
        REQUIRE(launch->cluster[i] && launch->grid[i] % launch->cluster[i] == 0, CUDA_ERROR_INVALID_VALUE);
    }
    return launch->cluster[0] * launch->cluster[1] * launch->cluster[2] <= 8 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CLUSTER_SIZE;
}

CUresult cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function, void **parameters, void **extra) {
    ENTER(P(config), P(function), P(parameters), P(extra));
    struct fake_launch launch = {.grid = {config->gridDimX, config->gridDimY, config->gridDimZ},
        .block = {config->blockDimX, config->blockDimY, config->blockDimZ}, .cluster = {1, 1, 1},
        .shared_bytes = config->sharedMemBytes};
    int cooperative = 0;
    CUresult status = take_attributes(&launch, config, &cooperative);
    REQUIRE(!status, status);
    REQUIRE(!extra, CUDA_ERROR_INVALID_VALUE);
    return cooperative ? give_cooperative(&launch, function, config->hStream, parameters)
        : give(&launch, function, config->hStream, parameters);
}
